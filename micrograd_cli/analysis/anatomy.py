"""A program without numbers, told as plain rows: for a page that computes the numbers itself.

Names and formulas are those of an explanation.
"""

from __future__ import annotations

from typing import NamedTuple

from micrograd_cli.analysis.explanation import node_names, operand
from micrograd_cli.analysis.formulas import NOTHING, Formula, application, formula, partial_formulas
from micrograd_cli.analysis.sweep import dependents
from micrograd_cli.errors import UsageError
from micrograd_cli.language.program import Program
from micrograd_cli.nodes import Constant, Node, is_number, topological_order
from micrograd_cli.ops import INPUT
from micrograd_cli.symbolic.derivative import derivatives
from micrograd_cli.symbolic.graph import PaperGraph

FOLDED = 60  # parts that are drawn: of a larger program the named ones are folded
MOST = 2000  # nodes: a browser takes its time for many more, and nobody can read them
WORKED_OUT = 24  # members of a fold whose derivatives are told as formulas too


class Part(NamedTuple):
    """A node. Those that are `args` stand before it.

    `rules` are its local derivatives by its operands; that by a number is empty. `text` is what
    the program says there.
    """

    name: str
    op: str
    args: list[int]
    formula: str  # "" of an input or a constant
    rules: list[Formula]
    number: float | None  # of a constant
    active: bool  # it depends on an input
    literal: bool  # a number as it is written, that formulas have in them
    text: str


class Fold(NamedTuple):
    """A named part and the unnamed `members` that it is made of, as one part.

    `rules` are its derivatives by its sources, empty where they would be too long to read.
    """

    part: int
    members: list[int]  # operands before results
    sources: list[int]
    formula: str
    rules: list[Formula]


class OutputRow(NamedTuple):
    """An output: its expression and its part."""

    expr: str
    part: int


class Anatomy(NamedTuple):
    """A program, whose inputs are the first of its parts."""

    text: str
    inputs: list[str]
    outputs: list[OutputRow]
    parts: list[Part]
    folds: list[Fold]


def anatomy(program: Program) -> Anatomy:
    """The rows of a program: of its inputs, and of all that its outputs need.

    Raises UsageError for a program that is too large to be looked at.
    """
    nodes = needed(program)
    if len(nodes) > MOST:
        raise UsageError(
            f"the page would have {len(nodes):,} nodes, more than {MOST:,}",
            hint="mgrad graph --depth N draws those near the output",
        )
    ids = {node: index for index, node in enumerate(nodes)}
    names = node_names(program, nodes, {output.node for output in program.outputs})
    active = dependents(program, program.inputs)
    parts = [part(node, ids, names, node in active, program.labels(node)) for node in nodes]
    many = sum(not part.literal for part in parts) > FOLDED
    named = [node for node in program.named.values() if node in ids and node.args]
    return Anatomy(
        program.text,
        list(program.inputs),
        [OutputRow(program.expression(each), ids[each.node]) for each in program.outputs],
        parts,
        [fold for node in named if (fold := folded(node, ids, names, program.text))]
        if many
        else [],
    )


def needed(program: Program) -> list[Node]:
    """The inputs, then the nodes that the outputs need, operands before results."""
    roots = [output.node for output in program.outputs]
    found = dict.fromkeys(program.inputs.values())
    for node in topological_order(*roots):
        found.update((arg, None) for arg in node.args if not arg.args)
        found[node] = None
    found.update(dict.fromkeys(roots))
    return list(found)


def part(node: Node, ids: dict[Node, int], names: dict[Node, str], active: bool, text: str) -> Part:
    """A node as a part; `active` is whether it depends on an input."""
    operands = tuple(operand(arg, names) for arg in node.args)
    return Part(
        names.get(node, node.label),
        node.op.name,
        [ids[arg] for arg in node.args],
        application(node.op.name, operands) if operands else "",
        list(partial_formulas(node.op.name, operands)) if operands else [],
        node.number if isinstance(node, Constant) else None,
        active,
        is_number(node),
        text,
    )


def folded(root: Node, ids: dict[Node, int], names: dict[Node, str], text: str) -> Fold | None:
    """A named node with all that is between it and the next names; None where nothing is."""
    members, sources = between(root)
    if all(map(is_number, members)):
        return None
    rules = [NOTHING for _ in sources]
    if len(members) <= WORKED_OUT:
        leaves = {node: Node(INPUT, label=names[node]) for node in sources}
        copies = dict(leaves)
        for node in (*members, root):
            copies[node] = Node(node.op, [copies.get(arg, arg) for arg in node.args])
        found = derivatives(copies[root], leaves.values(), PaperGraph())
        taken = [names[node] for node in sources]
        rules = [formula(found[leaf], taken) for leaf in leaves.values()]
    start, end = root.span or (0, 0)
    return Fold(
        ids[root],
        [ids[node] for node in members],
        [ids[node] for node in sources],
        " ".join(text[start:end].split()),
        rules,
    )


def between(root: Node) -> tuple[list[Node], list[Node]]:
    """The unnamed nodes that make a node, operands before results, and what is named below them."""
    members: dict[Node, None] = {}
    sources: dict[Node, None] = {}
    stack: list[tuple[Node, bool]] = [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            members[node] = None
        elif node is not root and (node.label or not node.args):
            if not isinstance(node, Constant):
                sources[node] = None
        elif node not in members:
            stack.append((node, True))
            stack.extend((arg, False) for arg in reversed(node.args))
    del members[root]
    return list(members), list(sources)
