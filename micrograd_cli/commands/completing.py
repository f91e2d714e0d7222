"""What may stand at the cursor: for each kind of value the candidates that begin as it does.

Nothing here fails or reads standard input; a program that cannot be parsed has no names.
"""

from __future__ import annotations

from collections.abc import Iterable

import click

from micrograd_cli.language.arrays import elements
from micrograd_cli.language.names import parts
from micrograd_cli.language.program import Program
from micrograd_cli.language.spelling import quoted

PROGRAM = "micrograd_cli.program"  # where a context keeps the program on the line
SELECTORS = ("value", "grad", "grad.", "data.")  # of --print


def inputs(ctx: click.Context) -> list[str]:
    """The inputs of the program on the line, arrays by their own names."""
    program: Program | None = ctx.meta.get(PROGRAM)
    return [] if program is None else list(program.input_names())


def nodes(ctx: click.Context) -> list[str]:
    """The inputs and the named nodes."""
    program: Program | None = ctx.meta.get(PROGRAM)
    if program is None:
        return []
    parts = {each for name, shape in program.arrays.items() for each in elements(name, shape)}
    named = (name for name in program.labelled() if name not in parts)
    return list(dict.fromkeys([*program.input_names(), *program.arrays, *named]))


def beginning(candidates: Iterable[str], incomplete: str) -> list[str]:
    return [each for each in candidates if each.startswith(incomplete)]


def names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """One input or named node."""
    return beginning(map(quoted, nodes(ctx)), incomplete)


def listed_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The names of `a,b`, each once."""
    *used, last = parts(incomplete)
    found = [each for each in map(quoted, nodes(ctx)) if each not in used]
    return [",".join([*used, each]) for each in beginning(found, last)]


def assignments(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """An input before its `=`."""
    return beginning((f"{quoted(name)}=" for name in inputs(ctx)), incomplete)


def selectors(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """What --print takes: first its words, behind their dot the names."""
    *before, last = parts(incomplete)
    kind, dot, _ = last.partition(".")
    found = [f"{kind}.{quoted(name)}" for name in nodes(ctx)] if dot else SELECTORS
    return [",".join([*before, each]) for each in beginning(found, last)]
