"""The graph of a report with each array as one node: its shape, and the norm of its gradient."""

from __future__ import annotations

import re
from collections.abc import Collection
from math import hypot, prod

from micrograd_cli.analysis.report import NodeRow, Report
from micrograd_cli.language.arrays import Shape, elements

ELEMENT = r"(?s)(.*)\[([\d,]+)\]"


def boxed(report: Report, expanded: Collection[str] = ()) -> Report:
    """The report with one row for each array but those in `expanded`.

    Where boxes would depend on one another in a circle the report stays as it is.
    """
    groups = arrays(report, expanded)
    if not groups:
        return report
    box = {row.id: row.id for row in report.nodes}
    merged: dict[int, NodeRow] = {}
    for name, (shape, rows) in groups.items():
        first = rows[0].id
        box |= dict.fromkeys([row.id for row in rows], first)
        merged[first] = summary(name, shape, rows)
    rows = []
    for row in report.nodes:
        if box[row.id] == row.id:
            members = groups[merged[row.id].name][1] if row.id in merged else [row]
            args = dict.fromkeys(box[arg] for each in members for arg in each.args)
            args.pop(row.id, None)
            boxes = [box[arg] for arg in row.args]
            several = row.id in merged or any(each in merged for each in boxes)
            kept = list(args) if several else boxes
            rows.append(merged.get(row.id, row)._replace(args=kept))
    order = sorted_rows(rows)
    return report if order is None else report._replace(nodes=order, root=box[report.root])


def arrays(report: Report, expanded: Collection[str]) -> dict[str, tuple[Shape, list[NodeRow]]]:
    """The rows of each array that is there as a whole, by its name or text."""
    found: dict[str, list[NodeRow]] = {}
    for row in report.nodes:
        match = re.fullmatch(ELEMENT, row.name)
        if match and match[1].strip("()") not in expanded:
            found.setdefault(match[1], []).append(row)
    whole: dict[str, tuple[Shape, list[NodeRow]]] = {}
    for name, rows in found.items():
        shape = report.arrays.get(name) or shape_of_places([row.name for row in rows])
        every = elements(name, shape)
        if len(rows) == prod(shape) > 1 and {row.name for row in rows} == set(every):
            text = name[1:-1] if name.startswith("(") and name.endswith(")") else name
            whole[text] = (shape, rows)
    return whole


def shape_of_places(names: list[str]) -> Shape:
    """The shape that elements of these names fill."""
    places = [tuple(map(int, name[name.rindex("[") + 1 : -1].split(","))) for name in names]
    axes = min(map(len, places))
    return tuple(1 + max(place[axis] for place in places) for axis in range(axes))


def summary(name: str, shape: Shape, rows: list[NodeRow]) -> NodeRow:
    grads = [row.grad for row in rows if row.grad is not None]
    norm = hypot(*grads) if grads else None
    ops = dict.fromkeys(row.op for row in rows)
    op = next(iter(ops)) if len(ops) == 1 else "array"
    data = hypot(*[row.data for row in rows])
    return rows[0]._replace(name=name, op=op, data=data, grad=norm, shape=shape)


def sorted_rows(rows: list[NodeRow]) -> list[NodeRow] | None:
    """The rows with operands before results; None where there is a circle."""
    by_id = {row.id: row for row in rows}
    done: dict[int, NodeRow] = {}
    open_: set[int] = set()
    for start in rows:
        stack = [start.id]
        while stack:
            number = stack[-1]
            rest = [arg for arg in by_id[number].args if arg not in done]
            if number in done or not rest:
                done.setdefault(stack.pop(), by_id[number])
                open_.discard(number)
                continue
            if number in open_ and any(arg in open_ for arg in rest):
                return None
            open_.add(number)
            stack.append(rest[0])
    return list(done.values())
