"""What a run found, as plain rows: the values, the gradients, and what to warn of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import hypot, prod
from types import MappingProxyType
from typing import Any, NamedTuple

from micrograd_cli.analysis.beyond_range import completed
from micrograd_cli.analysis.digits import Digits, accuracy
from micrograd_cli.analysis.sweep import Sweep, check_names, dependents, structure, sweep
from micrograd_cli.analysis.warnings import Finding, findings
from micrograd_cli.language.arrays import Shape, elements, nested
from micrograd_cli.language.block_values import by_name, flat
from micrograd_cli.language.program import Output, Program
from micrograd_cli.language.run import Run, bind
from micrograd_cli.nodes import Node
from micrograd_cli.numbers import is_finite
from micrograd_cli.ops import INPUT

MANY_ELEMENTS = 16  # of an array; a table shows a larger one on one line, unless asked for all
MANY_NODES = 300  # a table with more shows the named ones alone, unless asked for all


class Certain(NamedTuple):
    """How many digits of a report's numbers were asked for, and the bits that it took."""

    digits: int
    bits: int


class NodeRow(NamedTuple):
    """A node: `args` are the ids of its operands; `grad` is None where none is defined."""

    id: int
    name: str
    op: str
    args: list[int]
    data: float
    grad: float | None
    place: int = -1  # the index of the node in its program
    shape: Shape = ()  # of an array that stands as one node: data and grad are norms
    named: bool = False  # by the program


class Report(NamedTuple):
    """One output. `nodes` are those asked for; `left_out` is how many `auto` has left out.

    `root` is the id of the output's node, `unlisted` how many warnings there are beyond `warnings`.
    Where its digits are `certain`, its numbers are texts.
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
    arrays: Mapping[str, Shape] = MappingProxyType({})  # the inputs and named nodes that are arrays
    label: str = ""  # of one of several outputs: its name, or its number as o1
    certain: Certain | None = None

    @property
    def finite(self) -> bool:
        """Whether the value and every gradient is neither inf nor nan, nor undecided."""
        return all(map(is_finite, flat([self.value, *self.grad.values()])))


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
    for number, output in enumerate(program.outputs, 1):
        yield report(completed(sweep(run, output, wanted, active)), nodes, number)


def array_reports(program: Program, found: Iterable[Report]) -> Iterator[Report]:
    """Reports, but one for an array: its value and each derivative are nested lists of its shape.

    So a gradient by an array is a Jacobian, of the output's shape and then the input's.
    """
    parts: list[Report] = []
    for output, part in zip(program.outputs, found, strict=True):
        parts.append(part)
        if len(parts) == prod(output.shape):
            yield joined(program, output, parts) if output.shape else part
            parts = []


def joined(program: Program, last: Output, parts: list[Report]) -> Report:
    """The report of an array from those of its elements, of which `last` is the last."""
    whole = last._replace(place=())
    shape = last.shape
    rows = numbered_anew(program, parts, shape)
    warnings = dict.fromkeys(warning for part in parts for warning in part.warnings)
    name = last.name.rpartition("[")[0] if last.name else None
    grads = [by_name(program.arrays, part.grad) for part in parts]
    return parts[0]._replace(
        output=name,
        expr=program.expression(whole),
        value=nested(shape, [part.value for part in parts]),
        grad=stacked(shape, grads),
        nodes=rows,
        warnings=list(warnings),
        unlisted=sum(part.unlisted for part in parts),
        digits=joined_digits(program, shape, [part.digits for part in parts]),
    )


def stacked(shape: Shape, parts: list[dict[str, Any]]) -> dict[str, Any]:
    """What each element has by name, as nested lists by name."""
    return {key: nested(shape, [part[key] for part in parts]) for key in parts[0]}


def joined_digits(program: Program, shape: Shape, parts: Iterable[Digits | None]) -> Digits | None:
    """The digits of an array from those of its elements."""
    known = [part for part in parts if part]
    if not known:
        return None
    grads = [by_name(program.arrays, part.grad) for part in known]
    return Digits(nested(shape, [part.value for part in known]), stacked(shape, grads))


def numbered_anew(program: Program, parts: list[Report], shape: Shape) -> list[NodeRow]:
    """The rows of all parts, each node once, with its derivatives as nested lists."""
    numbers: dict[int, int] = {}
    found: dict[int, list[NodeRow | None]] = {}
    for index, part in enumerate(parts):
        for row in part.nodes:
            found.setdefault(row.place, [None] * len(parts))[index] = row
    for number, index in enumerate(sorted(found)):
        numbers[index] = number
    rows: list[NodeRow] = []
    for index in sorted(found):
        row = next(each for each in found[index] if each is not None)
        grads: list[Any] = [
            each.grad if each else None if row.grad is None else 0.0 for each in found[index]
        ]
        args = [numbers[arg.index] for arg in program.nodes[index].args if arg.index in numbers]
        grad = None if row.grad is None else nested(shape, grads)
        rows.append(row._replace(id=numbers[index], args=args, grad=grad))
    return rows


def structures(program: Program) -> Iterator[Report]:
    """A Report for each output of a program without numbers: data is nan, grad is None."""
    for number, output in enumerate(program.outputs, 1):
        yield report(structure(program, output), "all", number)


def report(done: Sweep, nodes: str, number: int = 1) -> Report:
    """What a sweep found; `nodes` as in `reports`. The output is the program's `number`-th."""
    program, output, root = done.program, done.output, done.root
    rows = node_rows(done, nodes)
    found = accuracy(done)
    told, unlisted = findings(done, found)
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
        arrays=program.arrays,
        label=output_label(program, output, number),
    )


def output_label(program: Program, output: Output, number: int) -> str:
    """What one of several outputs, the `number`-th, is called: by its name, or its number as o1."""
    if len(program.outputs) == 1:
        return ""
    return output.name or f"o{number}"


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
            node.index,
            named=bool(node.label),
        )
        for node in chosen
    ]


def condensed(report: Report) -> Report:
    """The report with one row for each large array: the norms of its data and of its gradient.

    Certain digits have none: each element keeps its row.
    """
    if report.certain:
        return report
    rows = {row.name: row for row in report.nodes}
    summaries: dict[str, NodeRow | None] = {}  # by the name of an element; None but for the first
    for name, shape in report.arrays.items():
        every = elements(name, shape)
        if len(every) <= MANY_ELEMENTS or not all(each in rows for each in every):
            continue
        mine = [rows[each] for each in every]
        grads = [row.grad for row in mine if row.grad is not None]
        title = f"norm({name}), {' x '.join(map(str, shape))}"
        data, grad = hypot(*[row.data for row in mine]), hypot(*grads) if grads else None
        summaries |= dict.fromkeys(every)
        summaries[every[0]] = mine[0]._replace(name=title, args=[], data=data, grad=grad)
    shown = [summaries.get(row.name, row) for row in report.nodes]
    return report._replace(nodes=[row for row in shown if row is not None])
