"""What a run found, as plain rows: the values, the gradients, and what to warn of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from typing import NamedTuple

from micrograd_cli.algebra.scalar import FLOAT
from micrograd_cli.engine import Value, backward, evaluate, topological_order
from micrograd_cli.errors import Span, UsageError, suggestion
from micrograd_cli.language import Output, Program
from micrograd_cli.ops import CONST, INPUT, flat

NAME_LENGTH = 40  # of a node that is known by its own text
MANY_NODES = 300  # a table with more shows the named ones alone, unless asked for all


class NodeRow(NamedTuple):
    """A node: `args` are the ids of its operands; `grad` is None where none is defined."""

    id: int
    name: str
    op: str
    args: list[int]
    data: float
    grad: float | None


class Warning(NamedTuple):
    """`kind` is `value` or `gradient` (the first that is inf or nan) or `kink`."""

    kind: str
    node: int
    span: Span
    message: str


class Report(NamedTuple):
    """One output. `nodes` are those asked for; `left_out` is how many `auto` has left out."""

    output: str | None
    expr: str
    value: float
    grad: dict[str, float]
    nodes: list[NodeRow]
    left_out: int
    warnings: list[Warning]

    @property
    def finite(self) -> bool:
        """Whether the value and every gradient is neither inf nor nan."""
        return isfinite(self.value) and all(map(isfinite, self.grad.values()))


def reports(
    program: Program, wrt: Iterable[str] | None = None, nodes: str = "all"
) -> Iterator[Report]:
    """A Report for each output of a program that `bind` has given its numbers.

    `wrt` are the inputs to differentiate by (all of them if None); `nodes` is `all`, `named`,
    `inputs`, or `auto`: all unless there are many. Raises UsageError for a name in `wrt` that is no
    input.
    """
    wanted = list(program.inputs) if wrt is None else check_names(program, wrt)
    for output in program.outputs:
        yield Run(program, output, wanted).report(nodes)


def check_names(program: Program, names: Iterable[str]) -> list[str]:
    chosen = list(dict.fromkeys(names))
    for name in chosen:
        if name not in program.inputs:
            raise UsageError(f"'{name}' is no input of the program",
                             hint=suggestion(name, program.inputs))  # fmt: skip
    return [name for name in program.inputs if name in chosen]


class Run:
    """The backward pass of one output, and what is read off the graph after it."""

    def __init__(self, program: Program, output: Output, wrt: Sequence[str]) -> None:
        self.program = program
        self.output = output
        self.wrt = wrt
        self.order = topological_order(output.node)
        for value in (*program.inputs.values(), *program.named.values()):
            value.grad = 0.0
        backward(self.order, 1.0)
        if not self.order:
            output.node.grad = 1.0
        self.active = self.depending()
        self.listing = self.listed()
        self.ids: dict[Value, int] = {}

    def depending(self) -> set[Value]:
        """The nodes that depend on an input that is differentiated by: those with a gradient."""
        active = {self.program.inputs[name] for name in self.wrt}
        for value in self.program.order():
            if any(arg in active for arg in value.args):
                active.add(value)
        return active

    def listed(self) -> list[Value]:
        """All inputs, then the other nodes in topological order."""
        listing = dict.fromkeys(self.program.inputs.values())
        for value in self.order:
            listing.update((arg, None) for arg in value.args if arg.left is None)
            listing[value] = None
        listing[self.output.node] = None
        return list(listing)

    def report(self, nodes: str) -> Report:
        start, end = self.output.span
        rows = self.rows(nodes)
        return Report(
            self.output.name,
            " ".join(self.program.text[start:end].split()),
            self.output.node.data,
            {name: self.program.inputs[name].grad for name in self.wrt},
            rows,
            len(self.listing) - len(rows) if nodes == "auto" else 0,
            list(self.warnings()),
        )

    def rows(self, nodes: str) -> list[NodeRow]:
        if nodes == "auto":
            nodes = "all" if len(self.listing) <= MANY_NODES else "named"
        chosen = self.listing
        if nodes == "inputs":
            chosen = [value for value in chosen if value.op is INPUT]
        elif nodes == "named":
            program = self.program
            named = dict.fromkeys((*program.inputs.values(), *program.named.values()))
            chosen = list(named | {self.output.node: None})
        return [
            NodeRow(
                self.id(value),
                self.name(value),
                value.op.name,
                [self.id(arg) for arg in value.args],
                value.data,
                value.grad if value in self.active else None,
            )
            for value in chosen
        ]

    def id(self, value: Value) -> int:
        if not self.ids:
            everything = dict.fromkeys((*self.listing, *self.program.named.values()))
            self.ids = {each: number for number, each in enumerate(everything)}
        return self.ids[value]

    def name(self, value: Value) -> str:
        """The name of an input or a named node; of another its own text, shortened."""
        if value.label or value.span is None:
            return value.label
        start, end = value.span
        text = self.program.text[start : min(end, start + 4 * NAME_LENGTH)]
        words = " ".join(line.partition("#")[0] for line in text.split("\n")).split()
        name = " ".join(words)
        return name if len(name) <= NAME_LENGTH else name[: NAME_LENGTH - 3] + "..."

    # --- warnings -----------------------------------------------------------------------------

    def warnings(self) -> Iterator[Warning]:
        yield from self.first_bad_value()
        yield from self.first_bad_gradient()
        yield from self.kinks()

    def warn(self, kind: str, value: Value, message: str, place: Value | None = None) -> Warning:
        span = (place or value).span
        assert span is not None
        return Warning(kind, self.id(value), span, message)

    def first_bad_value(self) -> Iterator[Warning]:
        bad = [value for value in self.listing if not isfinite(value.data)]
        if not bad or (isfinite(self.output.node.data) and all(v.left is None for v in bad)):
            return
        born = (v for v in bad if v.left is not None and all(isfinite(a.data) for a in v.args))
        inner = (v for v in bad if v.left is not None)
        value = next(born, None) or next(inner, None) or bad[0]
        operands = ", ".join(
            f"{self.name(a)} = {a.data!r}" for a in value.args if a.op is not CONST
        )
        where = f" where {operands}" if operands else ""
        yield self.warn("value", value, f"{self.name(value)} is {value.data!r}{where}")

    def first_bad_gradient(self) -> Iterator[Warning]:
        for value in reversed(self.order):
            if value not in self.active or not isfinite(value.grad):
                continue
            if all(isfinite(arg.grad) for arg in value.args if arg in self.active):
                continue
            x = [arg.data for arg in value.args]
            partials = evaluate(FLOAT, value.op.partials, value.data, *x)
            for arg, partial in zip(value.args, partials, strict=True):
                if arg in self.active and not isfinite(value.grad * (partial or 0)):
                    message = f"the gradient of {self.name(arg)} is {arg.grad!r}"
                    yield self.warn("gradient", arg, f"{message}, by {self.name(value)}", value)
                    return

    def kinks(self) -> Iterator[Warning]:
        for value in self.order:
            # no gradient comes to a comparison, but what it decides has a jump or a corner there
            if not value.op.kinks or (value.grad == 0 and value.op.partials is not flat):
                continue
            args = value.args
            for kink in value.op.kinks:
                concerned = args if kink.argument is None else (args[kink.argument],)
                if not any(arg in self.active for arg in concerned):
                    continue
                if evaluate(FLOAT, kink.at, *[arg.data for arg in args]):
                    by = "" if kink.argument is None else (
                        f" by {value.op.parameters.split(', ')[kink.argument]}"
                    )  # fmt: skip
                    message = f"{value.op.signature} has no derivative{by} at {kink.point}"
                    yield self.warn("kink", value, f"{message}; {kink.taken} is used")
