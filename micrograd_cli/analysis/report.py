"""What a run found, as plain rows: the values, the gradients, and what to warn of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from typing import NamedTuple

from micrograd_cli.analysis.warnings import Warning, warnings
from micrograd_cli.engine import Value, backward, topological_order
from micrograd_cli.errors import UsageError, suggestion
from micrograd_cli.language.reading import Output, Program
from micrograd_cli.ops import INPUT

__all__ = ["NodeRow", "Report", "Run", "Warning", "check_names", "reports", "structures"]

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


class Report(NamedTuple):
    """One output. `nodes` are those asked for; `left_out` is how many `auto` has left out.

    `root` is the id of the output's node, `unlisted` how many warnings there are beyond `warnings`.
    """

    output: str | None
    expr: str
    value: float
    grad: dict[str, float]
    nodes: list[NodeRow]
    left_out: int
    warnings: list[Warning]
    root: int = 0
    unlisted: int = 0
    elasticity: dict[str, float] | None = None  # x/f * df/dx, where it was asked for

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
    active = depending(program, wanted)
    for output in program.outputs:
        run = Run(program, output, wanted)
        run.differentiate(active)
        yield run.report(nodes)


def structures(program: Program) -> Iterator[Report]:
    """A Report for each output of a program without numbers: data is nan, grad is None."""
    for output in program.outputs:
        yield Run(program, output, ()).report("all")


def check_names(program: Program, names: Iterable[str]) -> list[str]:
    chosen = list(dict.fromkeys(names))
    for name in chosen:
        if name not in program.inputs:
            raise UsageError(f"'{name}' is no input of the program",
                             hint=suggestion(name, program.inputs))  # fmt: skip
    return [name for name in program.inputs if name in chosen]


def depending(program: Program, names: Iterable[str]) -> set[Value]:
    """The nodes that depend on one of these inputs or nodes: those that have a gradient."""
    nodes = {**program.inputs, **program.named}
    active = {nodes[name] for name in names}
    for value in program.order():
        if not active.isdisjoint(value.args):
            active.add(value)
    return active


class Run:
    """The graph of one output, its backward pass, and what is read off it afterwards."""

    def __init__(self, program: Program, output: Output, wrt: Sequence[str]) -> None:
        self.program = program
        self.output = output
        self.wrt = wrt
        self.nodes = {**program.inputs, **program.named}
        self.order = topological_order(output.node)
        self.active: set[Value] = set()
        self.listing = self.listed()
        self.ids: dict[Value, int] = {}
        self.found: tuple[list[Warning], int] = ([], 0)

    def differentiate(self, active: set[Value]) -> None:
        """Give every node its gradient, and find what to warn of; `active` ones show theirs."""
        for value in self.nodes.values():
            value.grad = 0.0
        backward(self.order, 1.0)
        if not self.order:
            self.output.node.grad = 1.0
        self.active = active
        self.found = warnings(self)

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
        told, unlisted = self.found
        return Report(
            self.output.name,
            " ".join(self.program.text[start:end].split()),
            self.output.node.data,
            {name: self.nodes[name].grad for name in self.wrt},
            rows,
            len(self.listing) - len(rows) if nodes == "auto" else 0,
            told,
            self.id(self.output.node),
            unlisted,
        )

    def rows(self, nodes: str) -> list[NodeRow]:
        if nodes == "auto":
            nodes = "all" if len(self.listing) <= MANY_NODES else "named"
        chosen = self.listing
        if nodes == "inputs":
            chosen = [value for value in chosen if value.op is INPUT]
        elif nodes == "named":
            chosen = list(dict.fromkeys((*self.nodes.values(), self.output.node)))
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
            everything = dict.fromkeys(self.listing)
            named = self.program.named.values()
            if not all(each in everything for each in named):  # one that the output does not need
                for each in topological_order(*named):
                    everything.update(dict.fromkeys((*each.args, each)))
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
