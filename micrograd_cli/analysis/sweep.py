"""The graph of one output with its numbers: a run's values, and the grads of a backward sweep."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from typing import Any, cast

from micrograd_cli.engine import backward
from micrograd_cli.errors import UsageError, suggestion
from micrograd_cli.language.arrays import elements
from micrograd_cli.language.program import Output, Program
from micrograd_cli.language.run import Run
from micrograd_cli.nodes import Node, topological_order

FEW = 50  # an output of fewer than one node in so many keeps the grads of those alone


class Sparse(dict[int, Any]):
    """The grads of few nodes, by index; those of all others are None."""

    def __missing__(self, index: int) -> None:
        return None


class Sweep:
    """One output of a program: its nodes in order, their values and their grads.

    `active` are the nodes that depend on one of `wrt`: those that show a gradient.
    """

    def __init__(
        self,
        program: Program,
        output: Output,
        order: Sequence[Node],
        values: Sequence[float],
        grads: Sequence[float | None],
        wrt: Sequence[str] = (),
        active: Collection[Node] = frozenset(),
    ) -> None:
        self.program = program
        self.output = output
        self.order = order
        self.values = values
        self.grads = grads
        self.wrt = wrt
        self.active = active
        self.ordinary = False  # whether every grad is known to be finite, and none too small
        self.wide: set[int] = set()  # the grads that WIDE has found: see `beyond_range.py`

    @property
    def root(self) -> Node:
        """The output's node."""
        return self.output.node

    def value(self, node: Node) -> float:
        """The number of a node."""
        return self.values[node.index]

    def grad(self, node: Node) -> float:
        """The derivative of the output by a node, 0 where nothing flows."""
        grad = self.grads[node.index]
        if grad is None:
            return 0.0
        return grad if node.left is not None else 0.0 + grad  # of a leaf no -0

    def operands(self, node: Node) -> list[float]:
        """The numbers of a node's operands."""
        return [self.values[arg.index] for arg in node.args]

    @cached_property
    def leaves(self) -> list[Node]:
        """The inputs and named nodes of `wrt`."""
        nodes = self.program.labelled()
        return [nodes[name] for name in self.wrt]

    @property
    def results(self) -> list[float]:
        """The value, and the gradients in the order of `wrt`."""
        return [self.values[self.root.index], *map(self.grad, self.leaves)]

    @cached_property
    def listing(self) -> list[Node]:
        """All inputs, then the other nodes in topological order."""
        listing = dict.fromkeys(self.program.inputs.values())
        for node in self.order:
            listing.update((arg, None) for arg in node.args if arg.left is None)
            listing[node] = None
        listing[self.root] = None
        return list(listing)

    @cached_property
    def numbers(self) -> dict[Node, int]:
        """The ids of the nodes: their places in the listing, then those that it does not need."""
        nodes = dict.fromkeys(self.listing)
        named = self.program.named.values()
        if not all(node in nodes for node in named):
            for node in topological_order(*named):
                nodes.update(dict.fromkeys((*node.args, node)))
            nodes.update(dict.fromkeys(named))
        return {node: number for number, node in enumerate(nodes)}

    def number(self, node: Node) -> int:
        """The id of a node."""
        return self.numbers[node]

    def name(self, node: Node) -> str:
        """The name of a node."""
        return self.program.labels(node)


def sweep(run: Run, output: Output, wrt: Sequence[str], active: Collection[Node]) -> Sweep:
    """The backward sweep of one output of a run."""
    order = run.program.order_to(output.node)
    few = FEW * len(order) < len(run.values)
    sparse = cast("list[Any]", Sparse()) if few else None
    grads = backward(order, run.values, output.node, 1.0, grads=sparse)
    return Sweep(run.program, output, order, run.values, grads, wrt, active)


def structure(program: Program, output: Output) -> Sweep:
    """The graph of an output without numbers: every value that is no constant is nan."""
    nothing: list[float | None] = [None] * len(program.nodes)
    return Sweep(program, output, program.order_to(output.node), program.start, nothing)


def check_names(program: Program, names: Iterable[str], named: bool = False) -> list[str]:
    """The names in the order of the program, each once: inputs, and nodes too if `named`.

    An array stands for its elements. Raises UsageError for an unknown one.
    """
    known = program.labelled() if named else program.inputs
    what = "an input or a named node" if named else "an input"
    chosen: set[str] = set()
    for name in names:
        every = elements(name, program.arrays.get(name, ()))
        if every[0] not in known:
            near = [*known, *program.arrays] if named else program.input_names()
            raise UsageError(f"'{name}' is not {what} of the program",
                             hint=suggestion(name, near))  # fmt: skip
        chosen.update(every)
    return [name for name in known if name in chosen]


def dependents(program: Program, names: Iterable[str]) -> set[Node]:
    """The nodes that depend on one of these inputs or nodes: those that have a gradient."""
    nodes = program.labelled()
    active = {nodes[name] for name in names}
    for node in program.order:
        if not active.isdisjoint(node.args):
            active.add(node)
    return active
