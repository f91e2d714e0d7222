"""The table of operations as plain data: what `mgrad functions` and the README show of it."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any, NamedTuple

from micrograd_cli.analysis.formulas import Formula, partial_formulas
from micrograd_cli.errors import UsageError, suggestion
from micrograd_cli.language.actions import ACTIONS
from micrograd_cli.language.array_functions import ArrayFunction
from micrograd_cli.language.arrays import nested
from micrograd_cli.language.reading import evaluate_constant, parse
from micrograd_cli.language.run import bind
from micrograd_cli.ops import OPS, Kink, Op


class Entry(NamedTuple):
    """An operation. `derivatives` are formulas by the argument, which may say in which form."""

    name: str
    aliases: tuple[str, ...]
    signature: str
    help: str
    derivatives: dict[str, Formula]
    domain: tuple[float, float]
    conventions: tuple[str, ...]
    example: str
    result: Any  # a number, or nested lists

    @property
    def range(self) -> str:
        """The domain in words: `x >= 0`, or nothing where it is every number."""
        low, high = self.domain
        if high == inf:
            return "" if low == -inf else f"x >= {low:g}"
        return f"{low:g} <= x <= {high:g}"

    @property
    def rules(self) -> list[str]:
        """The derivatives in words, each with what it is by if there are several."""
        alone = list(self.derivatives) == ["x"]
        return [
            formula.words if alone else f"by {by}: {formula.words}"
            for by, formula in self.derivatives.items()
        ]


def entries() -> Iterator[Entry]:
    """Every operation, in the order of the table, and then the functions of arrays."""
    for op in dict.fromkeys(op.name for op in OPS.values()):
        yield entry(OPS[op])
    for function in ACTIONS.values():
        yield array_entry(function)


def find(name: str) -> Entry:
    """The operation of that name. Raises UsageError for an unknown one."""
    if name in OPS:
        return entry(OPS[name])
    if name in ACTIONS:
        return array_entry(ACTIONS[name])
    hint = suggestion(name, [*OPS, *ACTIONS]) or "mgrad functions lists them"
    raise UsageError(f"there is no operation '{name}'", hint=hint)


def array_entry(function: ArrayFunction) -> Entry:
    """A function of arrays: its derivatives are those of the operations that it lays out."""
    program = parse(function.example)
    run = bind(program, {})
    numbers = [run.value(output.node) for output in program.outputs]
    return Entry(
        function.name, (), function.signature, function.help, {}, (-inf, inf), (),
        function.example, nested(program.outputs[0].shape, numbers),
    )  # fmt: skip


def entry(op: Op) -> Entry:
    return Entry(
        op.name,
        op.aliases,
        op.signature,
        op.help,
        derivatives(op),
        op.domain,
        tuple(convention(op, kink) for kink in op.kinks),
        op.example,
        evaluate_constant(op.example),
    )


def derivatives(op: Op) -> dict[str, Formula]:
    """The derivative by each argument; of any number of them, by the first of two."""
    if op.variadic:
        return {"x, of x and y": partial_formulas(op.name, ("x", "y"))[0]}
    names = op.names
    short = names[: op.arity[0]]
    found = dict(zip(short, partial_formulas(op.name, short), strict=True))
    if len(short) < len(names):
        of = f", with {' and '.join(names[len(short) :])}"
        formulas = partial_formulas(op.name, names)
        found |= {n + of * (n in short): f for n, f in zip(names, formulas, strict=True)}
    return found


def convention(op: Op, kink: Kink) -> str:
    by = "" if kink.argument is None else f" by {op.names[kink.argument]}"
    return f"{kink.taken}{by} at {kink.point}"
