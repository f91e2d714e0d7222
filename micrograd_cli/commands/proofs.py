"""`mgrad eval --audit` and `--enclose`: what is proven of an ordinary result, and over ranges."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from micrograd_cli.analysis.sampling import Range
from micrograd_cli.commands.certain import exact_module
from micrograd_cli.commands.messages import warn
from micrograd_cli.commands.options import DERIVATIVES, OUTPUT, combine, option, require_finite
from micrograd_cli.errors import UsageError
from micrograd_cli.language.program import Program
from micrograd_cli.render import Style
from micrograd_cli.render.view import View
from micrograd_cli.render.writers import writer
from micrograd_cli.render.writers.base import Writer

AUDIT_DIGITS = 20
EXCLUSIVE = {"each": "each", "rank": "rank", "selectors": "print"}  # they ask for something else

# fmt: off
proof_options = combine(
    option("--audit", group=OUTPUT, is_flag=True,
           help="Tell how many digits of the ordinary result are right (python-flint)."),
    option("--enclose", group=DERIVATIVES, is_flag=True,
           help="Print intervals that hold all values and gradients over ranges: --x 0:3."),
    option("--rtol", group=DERIVATIVES, type=click.FloatRange(0, 1, min_open=True), default=1e-4,
           show_default=True, callback=require_finite, metavar="X",
           help="How tight --enclose tries to be."),
)
# fmt: on


def kind_of(options: dict[str, Any], numbers: dict[str, Any]) -> str:
    """`audit`, `enclose`, or nothing. Raises UsageError for options that do not go together."""
    asked = [name for name in ("audit", "enclose", "certain") if options[name]]
    kind = next((name for name in asked if name != "certain"), "")
    if "enclose" in asked and len(asked) > 1:
        raise UsageError(f"--enclose does not go with --{next(n for n in asked if n != 'enclose')}")
    other = next((name for name in EXCLUSIVE if kind and options.get(name)), None)
    if other:
        raise UsageError(f"--{EXCLUSIVE[other]} does not go with --{kind}")
    ranged = next((name for name, given in numbers.items() if isinstance(given, Range)), None)
    if ranged and kind != "enclose":
        hint = f"for points of it give a step: --{ranged} 0:1:0.1; for all of it --enclose"
        raise UsageError(f"'{ranged}' has a range", hint=hint)
    listed = next((name for name, given in numbers.items() if type(given) is tuple), None)
    if listed and kind:
        raise UsageError(f"--{kind} is for one point, and '{listed}' has several numbers")
    return kind


def run_proof(
    kind: str,
    program: Program,
    numbers: dict[str, Any],
    wrt: list[str] | None,
    nodes: str | None,
    style: Style,
    options: dict[str, Any],
) -> bool:
    """Write the audits or the enclosures; whether all that they hold is finite and decided."""
    view: View[Any]
    found: Iterable[Any]
    if kind == "audit":
        from micrograd_cli.render.audit import AuditView

        wanted = exact_module("micrograd_cli.analysis.certain", "--audit").Wanted(
            options["certain"] or AUDIT_DIGITS, options["max_bits"]
        )
        module = exact_module("micrograd_cli.analysis.audit", "--audit")
        view, found = AuditView(), module.audits(program, numbers, wrt, nodes == "all", wanted)
    else:
        from micrograd_cli.render.enclosure import EnclosureView

        module = exact_module("micrograd_cli.analysis.enclosure", "--enclose")
        view, found = EnclosureView(), module.enclosures(program, numbers, wrt, options["rtol"])
    finite = True
    output: Writer[Any] = writer(view, style)
    with output:
        for each in found:
            output.write(each)
            warn(each, program.text)
            finite = finite and each.finite
    return finite
