"""The program of a page as data of JSON. Names are texts in it, never keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from micrograd_cli.analysis.anatomy import Anatomy, Fold, Part
from micrograd_cli.analysis.formulas import Formula
from micrograd_cli.analysis.sampling import Range
from micrograd_cli.errors import printable
from micrograd_cli.render.page.rules import Scripted
from micrograd_cli.render.page.views import Box, View, views

LONG = 160  # characters of a formula that are shown


def data(
    anatomy: Anatomy,
    operations: Sequence[Scripted],
    numbers: Mapping[str, float],
    ranges: Mapping[str, Range],
) -> dict[str, Any]:
    """What the scripts read; `operations` are those that the parts are made by."""
    drawings, own = views(anatomy)
    places = {(each.op.name, each.operands): index for index, each in enumerate(operations)}
    return {
        "text": anatomy.text,
        "inputs": [
            {
                "name": name,
                "value": number(numbers[name]),
                "lo": number(ranges[name].lo),
                "hi": number(ranges[name].hi),
            }
            for name in anatomy.inputs
        ],
        "outputs": [
            {"expr": shortened(output.expr, LONG), "part": output.part, "view": view}
            for output, view in zip(anatomy.outputs, own, strict=True)
        ],
        "operations": [operation_row(each) for each in operations],
        "parts": [part_row(part, anatomy.parts, places) for part in anatomy.parts],
        "folds": [fold_row(fold) for fold in anatomy.folds],
        "views": [view_row(view) for view in drawings],
    }


def number(x: float) -> float | str:
    """A number as JSON, an integer without a point; or as a text that JavaScript reads."""
    if isfinite(x):
        return int(x) if x.is_integer() and abs(x) < 2**53 and repr(x) != "-0.0" else x
    return "NaN" if x != x else "Infinity" if x > 0 else "-Infinity"


def shortened(text: str, most: int) -> str:
    """A text on one line, without control characters."""
    text = printable(" ".join(text.split()))
    return text if len(text) <= most else f"{text[: most - 1]}…"


def brief(**items: Any) -> dict[str, Any]:
    """The items that say something."""
    return {
        key: value
        for key, value in items.items()
        if value is not None and value is not False and value not in ("", [], ())
    }


def operation_row(operation: Scripted) -> dict[str, Any]:
    """What warnings ask of an operation."""
    op = operation.op
    kinks = [brief(point=each.point, taken=each.taken, argument=each.argument) for each in op.kinks]
    named = {"signature": op.signature, "names": op.names, "smooth": op.result == "number"}
    return brief(kinks=kinks, **named) if kinks else {}


def part_row(
    part: Part, parts: Sequence[Part], places: Mapping[tuple[str, int], int]
) -> dict[str, Any]:
    """A part; `by` are its operands' names, where one that stands twice says which it is."""
    by = operand_names([parts[arg] for arg in part.args])
    return {
        "name": part.name,
        **brief(
            args=part.args,
            op=places.get((part.op, len(part.args))),
            formula=part.formula,
            rules=[rule(each) for each in part.rules],
            by=by if by != [parts[arg].name for arg in part.args] else None,
            number=None if part.number is None else number(part.number),
            still=not part.active,
            literal=part.literal,
            text=part.text if part.text != part.name else None,
        ),
    }


def operand_names(operands: Sequence[Part]) -> list[str]:
    """The names of operands: that of one which gets several shares is numbered."""
    uses = Counter(part.name for part in operands if part.active)
    seen: Counter[str] = Counter()
    names = []
    for part in operands:
        seen[part.name] += 1
        twice = part.active and uses[part.name] > 1
        names.append(f"{part.name} ({seen[part.name]})" if twice else part.name)
    return names


def rule(formula: Formula) -> str | list[str]:
    """A local derivative; one that is told in other words stands in a list."""
    text, words = formula
    if text == words and len(text) <= LONG:
        return text
    return [words if len(words) <= LONG else f"{words[: LONG - 3]}..."]


def fold_row(fold: Fold) -> dict[str, Any]:
    return {
        "part": fold.part,
        "members": fold.members,
        "args": fold.sources,
        "formula": shortened(fold.formula, LONG),
        "rules": [rule(each) for each in fold.rules],
    }


def view_row(view: View) -> dict[str, Any]:
    """A drawing; the defaults of a box, which come last, are left out."""
    return {
        **({} if view.part is None else {"part": view.part}),
        "width": view.width,
        "height": view.height,
        "boxes": [without_defaults(box) for box in view.boxes],
        "edges": view.edges,
    }


def without_defaults(box: Box) -> list[int]:
    found, defaults = list(box), [*Box._field_defaults.values()]
    while defaults and found[-1] == defaults.pop():
        found.pop()
    return found
