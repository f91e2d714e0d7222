"""The chain rule at work on one output, told as plain data: names, formulas, numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import chain, count
from typing import NamedTuple

from micrograd_cli.analysis.chains import chains
from micrograd_cli.analysis.formulas import Formula, Operand, application, partial_formulas
from micrograd_cli.analysis.report import Report, report
from micrograd_cli.analysis.sweep import Sweep, dependents, sweep
from micrograd_cli.engine import partials
from micrograd_cli.errors import UsageError, suggestion
from micrograd_cli.language.arrays import elements
from micrograd_cli.language.program import Program
from micrograd_cli.language.run import Run
from micrograd_cli.nodes import Constant, Node, is_number


class Share(NamedTuple):
    """What a node passes to one of its operands: its own gradient times the local derivative."""

    node: str
    operand: str
    formula: Formula
    derivative: float  # 0 too where no gradient flows
    product: float
    flows: bool = True


class Step(NamedTuple):
    """A node: how its data came about, and where its gradient comes from and goes to."""

    name: str
    op: str
    formula: str  # "" of an input
    data: float
    grad: float | None  # None: no input that is asked for has a part in it
    received: list[Share]
    passed: list[Share]


class Explanation(NamedTuple):
    """One output. `forward` has its nodes from the inputs up, `backward` from the output down."""

    name: str
    forward: list[Step]
    backward: list[Step]
    gradients: list[Step]  # of the inputs, or of the one node that was asked for
    report: Report


def explanations(run: Run, only: str | None = None, binary: bool = False) -> Iterator[Explanation]:
    """An Explanation for each output of a run.

    With `only`, the name of an input, a node or an array, it follows the paths of that. A sum or a
    product of many is one step, unless `binary`. Raises UsageError for an unknown name.
    """
    program = run.program
    nodes = program.labelled()
    wrt = list(program.inputs)
    if only is not None:
        wrt = elements(only, program.arrays.get(only, ()))
        if wrt[0] not in nodes:
            hint = suggestion(only, [*nodes, *program.arrays])
            raise UsageError(f"--only {only}: there is no node '{only}'", hint=hint)
    active = dependents(program, wrt)
    for number, output in enumerate(program.outputs, 1):
        yield explanation(sweep(run, output, wrt, active), only, number, binary)


def explanation(done: Sweep, only: str | None, number: int, binary: bool) -> Explanation:
    """The steps of one output, the `number`-th."""
    operands, inside = told_as_one(done, binary)
    listing = [node for node in done.listing if node not in inside]
    names = node_names(done.program, listing, {done.root})
    passed = {
        node: shares(done, node, names, operands[node], inside)
        for node in passing(done)
        if node not in inside
    }
    received: dict[Node, list[Share]] = {}
    for given in passed.values():
        for arg, share in given:
            if share.flows:
                received.setdefault(arg, []).append(share)

    def step(node: Node) -> Step:
        args = [operand(arg, names) for arg in operands.get(node, ())]
        return Step(
            names.get(node, node.label),
            node.op.name,
            application(node.op.name, args) if args else "",
            done.value(node),
            done.grad(node) if node in done.active else None,
            received.get(node, []),
            [share for _, share in passed.get(node, [])],
        )

    shown = [node for node in listing if node in names]
    if only is not None:
        near = {arg for node in done.order if node in done.active for arg in operands[node]}
        shown = [node for node in shown if node in done.active or node in near]
    nodes = done.program.labelled()
    return Explanation(
        names.get(done.root, "f"),
        [step(node) for node in shown],
        [step(node) for node in reversed(done.order) if passed.get(node)],
        [step(nodes[name]) for name in done.wrt],
        report(done, "inputs", number),
    )


def told_as_one(done: Sweep, binary: bool) -> tuple[dict[Node, list[Node]], set[Node]]:
    """The operands of each node, and the nodes that are told as part of a sum or a product."""
    if binary:
        return {node: list(node.args) for node in done.order}, set()
    apart = {node for node in done.order if node.label or node is done.root}
    return chains(((node, node.op.name, node.args) for node in done.order), apart)


def node_names(program: Program, nodes: Iterable[Node], roots: Collection[Node]) -> dict[Node, str]:
    """A short name for each node that is no number: its own, `f` for an output, else v1, v2 ..."""
    taken = {*program.inputs, *program.named, *program.constants}
    fresh = (name for n in count(1) if (name := f"v{n}") not in taken)
    results = (name for name in chain("f", (f"f{n}" for n in count(1))) if name not in taken)
    return {
        node: node.label or next(results if node in roots else fresh)
        for node in dict.fromkeys(nodes)
        if node in roots or not is_number(node)
    }


def operand(node: Node, names: dict[Node, str]) -> Operand:
    """A node as an operand of a formula: its name, or the number that it is."""
    if not is_number(node):
        return names[node]
    number = node.number if isinstance(node, Constant) else -node.left.number
    return (node.label, number) if node.label else float(number)


def passing(done: Sweep) -> Iterator[Node]:
    """The nodes that pass a gradient on, from the output down."""
    reached = {done.root}
    for node in reversed(done.order):
        if node in done.active and node in reached:
            yield node
            for arg, partial in zip(node.args, partials(node, done.values), strict=True):
                if partial is not None:
                    reached.add(arg)


def shares(
    done: Sweep, node: Node, names: dict[Node, str], args: list[Node], inside: set[Node]
) -> list[tuple[Node, Share]]:
    """What a node passes to each of its active operands; nothing where its partial is nothing."""
    formulas = partial_formulas(node.op.name, tuple(operand(arg, names) for arg in args))
    found = []
    for formula, (arg, partial, product) in zip(formulas, links(done, node, inside), strict=True):
        if arg in done.active:
            number = 0.0 if partial is None else float(partial)
            flows = partial is not None
            share = Share(names[node], names[arg], formula, number, product, flows)
            found.append((arg, share))
    return found


def links(done: Sweep, root: Node, inside: set[Node]) -> Iterator[tuple[Node, float | None, float]]:
    """The operands of a node, through what is inside of it: local derivative and what is passed."""
    stack: list[tuple[Node, float | None, float]] = [(root, 1.0, 0.0)]
    while stack:
        node, above, product = stack.pop()
        if node is not root and node not in inside:
            yield node, above, product
            continue
        below = []
        for arg, partial in zip(node.args, partials(node, done.values), strict=True):
            if partial is None or above is None:
                below.append((arg, None, 0.0))
            else:
                below.append((arg, above * partial, done.grad(node) * partial))
        stack.extend(reversed(below))
