"""Many nodes of a report as one box: its shape, and the norm of its gradient.

A box is an array, or what is left of one in a program of scalars: `h0` to `h15`, a layer.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from math import hypot, prod

from micrograd_cli.analysis.report import NodeRow, Report
from micrograd_cli.language.arrays import Shape, elements

ELEMENT = r"(?s)(.*)\[([\d,]+)\]"


def boxed(report: Report, expanded: Collection[str] = ()) -> Report:
    """The report with one row for each array but those in `expanded`."""
    return merged(report, arrays(report, expanded))


def layered(report: Report) -> Report:
    """The report with one row for names that only their numbers tell apart, layer by layer.

    So `h0` to `h15` are one box if each has the same operation and as long a path from the inputs.
    """
    return merged(report, layers(report))


def merged(report: Report, groups: Mapping[str, tuple[Shape, list[NodeRow]]]) -> Report:
    """The report with one row for each group, which has a name and a shape.

    Where boxes would depend on one another in a circle the report stays as it is.
    """
    if not groups:
        return report
    box = {row.id: row.id for row in report.nodes}
    boxes: dict[int, NodeRow] = {}
    for name, (shape, rows) in groups.items():
        first = rows[0].id
        box |= dict.fromkeys([row.id for row in rows], first)
        boxes[first] = summary(name, shape, rows)
    rows = []
    for row in report.nodes:
        if box[row.id] == row.id:
            members = groups[boxes[row.id].name][1] if row.id in boxes else [row]
            args = dict.fromkeys(box[arg] for each in members for arg in each.args)
            args.pop(row.id, None)
            own = [box[arg] for arg in row.args]
            several = row.id in boxes or any(each in boxes for each in own)
            kept = list(args) if several else own
            rows.append(boxes.get(row.id, row)._replace(args=kept))
    order = sorted_rows(rows)
    return report if order is None else report._replace(nodes=order, root=box[report.root])


def layers(report: Report) -> dict[str, tuple[Shape, list[NodeRow]]]:
    """The rows of each layer, by its first and its last name."""
    depths: dict[int, int] = {}
    for row in report.nodes:
        depths[row.id] = 1 + max((depths[arg] for arg in row.args), default=-1)
    uses: dict[int, int] = {}  # the depth at which a leaf is first used
    for row in report.nodes:
        for arg in row.args:
            uses[arg] = min(uses.get(arg, depths[row.id]), depths[row.id])
    found: dict[tuple[str, str, int], list[NodeRow]] = {}
    for row in report.nodes:
        if (row.named or row.op == "input") and not row.shape and row.id != report.root:
            depth = depths[row.id] or -uses.get(row.id, 0)
            found.setdefault((re.sub(r"\d+", "#", row.name), row.op, depth), []).append(row)
    return {
        f"{rows[0].name}{', ' if len(rows) == 2 else ' … '}{rows[-1].name}": ((len(rows),), rows)
        for rows in found.values()
        if len(rows) > 1
    }


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
