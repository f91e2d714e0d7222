"""What a run found, as plain rows: the values, the gradients, and what to warn of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import isfinite
from typing import NamedTuple

from micrograd_cli.analysis.digits import Digits, accuracy
from micrograd_cli.analysis.sweep import Sweep, check_names, dependents, structure, sweep
from micrograd_cli.analysis.warnings import Finding, findings
from micrograd_cli.language.program import Program
from micrograd_cli.language.run import Run, bind
from micrograd_cli.nodes import Node
from micrograd_cli.ops import INPUT

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
    warnings: list[Finding]
    root: int = 0
    unlisted: int = 0
    elasticity: dict[str, float] | None = None  # x/f * df/dx, where it was asked for
    digits: Digits | None = None  # how many are right; None where no numbers are
    label: str = ""  # of one of several outputs: its name, or its number as o1

    @property
    def finite(self) -> bool:
        """Whether the value and every gradient is neither inf nor nan."""
        return isfinite(self.value) and all(map(isfinite, self.grad.values()))


def reports(
    run: Run | Program, wrt: Iterable[str] | None = None, nodes: str = "all"
) -> Iterator[Report]:
    """A Report for each output of a run; a Program is run at its defaults.

    `wrt` are the inputs or named nodes to differentiate with respect to (all inputs if None); the
    derivative by a node holds what is behind it fixed. `nodes` is `all`, `named`,
    `inputs`, or `auto`: all unless there are many. Raises UsageError for a name in `wrt` that is
    not an input.
    """
    run = bind(run, {}) if isinstance(run, Program) else run
    program = run.program
    wanted = list(program.inputs) if wrt is None else check_names(program, wrt, named=True)
    active = dependents(program, wanted)
    for output in program.outputs:
        yield report(sweep(run, output, wanted, active), nodes)


def structures(program: Program) -> Iterator[Report]:
    """A Report for each output of a program without numbers: data is nan, grad is None."""
    for output in program.outputs:
        yield report(structure(program, output), "all")


def report(done: Sweep, nodes: str) -> Report:
    """What a sweep found; `nodes` as in `reports`."""
    program, output, root = done.program, done.output, done.root
    rows = node_rows(done, nodes)
    found = accuracy(done)
    told, unlisted = findings(done, found)
    several = len(program.outputs) > 1
    label = output.name or f"o{list(program.outputs).index(output) + 1}" if several else ""
    return Report(
        output.name,
        program.expression(output),
        done.value(root),
        dict(zip(done.wrt, map(done.grad, done.leaves), strict=True)),
        rows,
        len(done.listing) - len(rows) if nodes == "auto" else 0,
        told,
        done.number(root),
        unlisted,
        digits=found.digits,
        label=label,
    )


def node_rows(done: Sweep, nodes: str) -> list[NodeRow]:
    if nodes == "auto":
        nodes = "all" if len(done.listing) <= MANY_NODES else "named"
    chosen: Iterable[Node] = done.listing
    if nodes == "inputs":
        chosen = [node for node in chosen if node.op is INPUT]
    elif nodes == "named":
        chosen = dict.fromkeys((*done.program.labelled().values(), done.root))
    return [
        NodeRow(
            done.number(node),
            done.name(node),
            node.op.name,
            [done.number(arg) for arg in node.args],
            done.value(node),
            done.grad(node) if node in done.active else None,
        )
        for node in chosen
    ]
