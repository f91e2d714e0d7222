"""mgrad: a gradient calculator. The Python API: `Value`, `parse`, `gradients`, `certain`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from micrograd_cli.analysis.report import Report, reports
    from micrograd_cli.api import certain, gradients, page
    from micrograd_cli.compiled import compile
    from micrograd_cli.engine import Value, without_collector
    from micrograd_cli.errors import MgradError
    from micrograd_cli.language.program import Program
    from micrograd_cli.language.reading import parse
    from micrograd_cli.language.run import bind

__version__ = "0.1.0"
__all__ = [
    "MgradError",
    "Program",
    "Report",
    "Value",
    "bind",
    "certain",
    "compile",
    "gradients",
    "page",
    "parse",
    "reports",
    "without_collector",
]

_HOMES = {
    "Value": "engine",
    "without_collector": "engine",
    "MgradError": "errors",
    "Program": "language.program",
    "bind": "language.run",
    "parse": "language.reading",
    "Report": "analysis.report",
    "reports": "analysis.report",
    "certain": "api",
    "gradients": "api",
    "page": "api",
    "compile": "compiled",
}


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> Any:
    """Import a name of the API when it is first used: `mgrad --version` needs none of them."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import sys
    from importlib import import_module

    if "IPython" in sys.modules:
        import_module(f"{__name__}.notebook").install()
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
