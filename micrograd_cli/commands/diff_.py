"""`mgrad diff`: the derivative of an expression as a program, a formula or code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from micrograd_cli.analysis.sweep import dependents
from micrograd_cli.commands.command_line import Words
from micrograd_cli.commands.matrix_options import chosen_names
from micrograd_cli.commands.options import (
    DERIVATIVES,
    OUTPUT,
    STATUSES,
    option,
    source_options,
    wrt_option,
)
from micrograd_cli.commands.program_command import ProgramCommand
from micrograd_cli.errors import UsageError
from micrograd_cli.language import printer
from micrograd_cli.language.block_values import by_name
from micrograd_cli.language.program import Program
from micrograd_cli.language.spelling import quoted
from micrograd_cli.nodes import Node, topological_order
from micrograd_cli.render.code import TARGETS, emit
from micrograd_cli.symbolic.derivative import derivatives, lift, without_edge
from micrograd_cli.symbolic.domains import outside, widened
from micrograd_cli.symbolic.graph import Graph, PaperGraph
from micrograd_cli.symbolic.nodes import DERIVED_NODES
from micrograd_cli.terminal.saying import say

Outputs = list[tuple[str, Node]]
MANY = 20  # derivatives that are looked at for what to note


class DiffCommand(ProgramCommand):
    """`diff` takes no values: no input has an option."""

    def read_program(self, words: Words) -> Program:
        program = super().read_program(words)
        for name, _ in words.pairs:
            given = name[2:] in {*program.inputs, *program.arrays}
            if given and name[2:] not in self.own_names():
                raise UsageError(f"diff takes no values: {name} cannot be given",
                                 hint="mgrad diff EXPR | mgrad eval - takes numbers")  # fmt: skip
        return program

    def declare(self, ctx: click.Context, names: Any, program: Program) -> None:
        pass

    def require_inputs(self, ctx: click.Context, program: Program) -> None:
        pass


EXAMPLES = [
    ("With respect to one input.", "mgrad diff 'tanh(a*b+c)' --wrt a"),
    (
        "The result is a program again.",
        "mgrad diff 'tanh(a*b+c)' --wrt a | mgrad eval - --a 2 --b -3 --c 10",
    ),
    ("The second derivative.", "mgrad diff 'x^2*sin(x)' --order 2"),
    ("A function in C.", "mgrad diff 'exp(-x^2/2)' --to c"),
]


@click.command(
    "diff",
    cls=DiffCommand,
    options_metavar="[EXPR] [OPTIONS]",
    examples=EXAMPLES,
    statuses=STATUSES,
    chapter="diff",
    max_nodes=DERIVED_NODES,
)
@source_options
@wrt_option()
@option(
    "--order",
    group=DERIVATIVES,
    type=click.IntRange(0, 1000),
    default=1,
    show_default=True,
    help="Order of the derivative; 0 prints the expression.",
)
@option(
    "--to",
    group=OUTPUT,
    type=click.Choice(["mgrad", *TARGETS]),
    default="mgrad",
    show_default=True,
    help="Output language; code is a function of the value and all derivatives.",
)
def command(
    program: Program, wrt: list[str] | None, order: int, to: str, max_nodes: int, **options: Any
) -> None:
    """Print the derivative of an expression as a program that goes back in.

    By one input it is an expression; by several its outputs are named d_a, d_b ...
    """
    names = chosen_names(program, wrt)
    graph = (PaperGraph if to == "latex" else Graph)(max_nodes)
    found: Outputs = []
    for prefix, root in roots(program, graph):
        value = [(prefix + "value", root)] if to != "mgrad" and order else []
        found += value + derivatives_of_order(root, prefix, names, program, order, graph)
    if not found:
        raise UsageError("there is nothing to differentiate by: the program has no input")
    tell_domains(program, names, [node for _, node in found[-MANY:]], graph)
    if to == "mgrad":
        bare = order == 0 or len(names) == 1
        print(as_program(program, graph, [("" if bare else name, node) for name, node in found]))
        return
    if order == 0:
        found = [(name or "value", node) for name, node in found]
    nodes = topological_order(*[node for _, node in found])
    inputs = [(name, graph.leaf(leaf)) for name, leaf in program.inputs.items()]
    print(emit(to, "f", inputs, found, nodes, program.arrays).rstrip("\n"))


def tell_domains(program: Program, names: list[str], found: list[Node], graph: Graph) -> None:
    """A note where the derivatives are numbers though the value is nan."""
    kept = set.intersection(*[{node, *topological_order(node)} for node in found])
    for node in widened(program.order, dependents(program, names), kept, graph):
        name, arg = map(program.labels, (node, node.args[0]))
        say(f"note: {name} is nan where {outside(node.op, arg)}; its derivative here is a number")


def roots(program: Program, graph: Graph) -> list[tuple[str, Node]]:
    """The outputs as nodes of the graph; where there are several, each with a name before `d_`."""
    found = [lift(output.node, graph) for output in program.outputs]
    if len(found) == 1:
        return [("", found[0])]
    names = [output.name or f"o{i}" for i, output in enumerate(program.outputs, 1)]
    return [(f"{name}_", root) for name, root in zip(names, found, strict=True)]


def derivatives_of_order(
    root: Node, prefix: str, names: Sequence[str], program: Program, order: int, graph: Graph
) -> Outputs:
    """The derivatives of that order, each mixed one once: `d_a_a`, `d_a_b`, `d_b_b`."""
    level: dict[tuple[str, ...], Node] = {(): root}
    for _ in range(order):
        deeper: dict[tuple[str, ...], Node] = {}
        for key, value in level.items():
            rest = names[names.index(key[-1]) :] if key else names
            leaves = [program.inputs[name] for name in rest]
            found = derivatives(value, leaves, graph)
            deeper |= {(*key, name): found[leaf] for name, leaf in zip(rest, leaves, strict=True)}
        level = deeper
    if not order:
        return [(prefix.rstrip("_"), root)]
    if order == 1:
        level = {key: without_edge(root, value) for key, value in level.items()}
    return [("_".join((f"{prefix}d", *key)), value) for key, value in level.items()]


def as_program(program: Program, graph: Graph, outputs: Outputs) -> str:
    """The text of a program with these outputs, which keeps the defaults of its inputs."""
    order = topological_order(*[node for _, node in outputs])
    text = printer.program(outputs, order, map(graph.leaf, program.inputs.values()), program.arrays)
    if not program.defaults:
        return text
    whole = printer.declared(program.arrays, program.inputs.values())
    declared = f"input {', '.join(printer.declaration(program.inputs, whole, program.arrays))}"
    body = text.removeprefix(f"{declared}\n")
    defaults = by_name(program.arrays, program.defaults)
    numbers = [f"{quoted(name)} = {printer.literal(x)}" for name, x in defaults.items()]
    header = [] if len(numbers) == len(program.inputs) else [declared]
    return "\n".join([*header, *numbers, body])
