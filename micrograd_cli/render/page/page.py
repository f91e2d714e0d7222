"""A program as one page of HTML: its template, its style and scripts, and the program as data."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from importlib.resources import files
from json import dumps
from math import isfinite
from string import Template
from typing import Any

from micrograd_cli.analysis.anatomy import Anatomy, Fold, Part
from micrograd_cli.analysis.sampling import Range
from micrograd_cli.errors import printable
from micrograd_cli.render.page.rules import Kept, written
from micrograd_cli.render.page.views import NODE, View, views
from micrograd_cli.symbolic.formulas import Formula

PACKAGE = "micrograd_cli.render.page"
LONG = 160  # characters of a formula that are shown
TITLE = 120  # characters
BLANK = re.compile(r"^[ \t]*//[^\n]*\n|^[ \t]+|/\*\*.*?\*/\n?|^\n", re.MULTILINE | re.DOTALL)
SIGNS = re.compile(r" ?(=>|===|!==|&&|\|\||\?\?|[<>]=|\{) ?| ([?:<>]) |(?<=[\w\]]) (=) (?!\$)|(?<=;) (?=\})")
PRECISE = re.compile(r"Math\.(exp|log|hypot)\(|\bpower\(")
SLOPES = re.compile(r"^function d\d+\(.*?^\}", re.MULTILINE | re.DOTALL)


def html(anatomy: Anatomy, numbers: Mapping[str, float], ranges: Mapping[str, Range]) -> str:
    """The page of a program, whose inputs start at these numbers and move in these ranges."""
    operations = list(dict.fromkeys((each.op, len(each.args)) for each in anatomy.parts if each.args))
    kept, source = written(operations)
    style, code = re.sub(r"(?<=[:;,]) ", "", bare(template("page.css"))), "".join(scripts(anatomy, kept, source))
    return Template(template("page.html")).substitute(
        title=escape(shortened(title(anatomy), TITLE)),
        style=style,
        style_hash=hashed(style),
        script=code,
        script_hash=hashed(code),
        program=dumps(data(anatomy, kept, numbers, ranges), separators=(",", ":")).replace("<", "\\u003c"),
    )


def title(anatomy: Anatomy) -> str:
    """The comment that a program begins with, or else its outputs."""
    first = anatomy.text.lstrip().partition("\n")[0]
    if first.startswith("#") and first.strip("# \t\r"):
        return first.strip("# \t\r")
    return "; ".join(dict.fromkeys(output.expr for output in anatomy.outputs))


def shortened(text: str, most: int) -> str:
    text = printable(text)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def scripts(anatomy: Anatomy, kept: list[Kept], source: str) -> list[str]:
    """The scripts that a program needs, in order."""
    precise = PRECISE.search(SLOPES.sub("", source)) is not None
    names = ", ".join(f"[{', '.join((each.value, each.slopes, *each.kinks))}]" for each in kept)
    return [
        bare(template("precise.js")) if precise else "",
        f"const rules = (({'Math' if precise else ''}) => {{\n{bare(source)}return [{names}];\n}})"
        f"({'precise' if precise else ''});\n",
        bare(template("engine.js")),
        bare(template("warnings.js")),
        bare(template("kinks.js")) if any(each.kinks for each in kept) else "",
        bare(template("graph.js")),
        bare(template("steps.js")),
        bare(template("plot.js")),
        bare(template("page.js")),
        bare(template("folds.js")) if anatomy.folds else "",
        bare(template("outputs.js")) if len(anatomy.outputs) > 1 else "",
    ]


def template(name: str) -> str:
    return files(PACKAGE).joinpath("template", name).read_text(encoding="utf-8")


def bare(source: str) -> str:
    """A script or a style without its comments, its indentation, and blanks beside signs."""
    return SIGNS.sub(r"\1\2\3", BLANK.sub("", source))


def hashed(text: str) -> str:
    """What lets a Content Security Policy tell the page's own script or style from any other."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


# --- the program as data --------------------------------------------------------------------------


def data(
    anatomy: Anatomy, kept: list[Kept], numbers: Mapping[str, float], ranges: Mapping[str, Range]
) -> dict[str, Any]:
    """What the scripts read. Names are texts in it, never keys."""
    drawings, numbers_of_views = views(anatomy)
    places = {(each.op.name, each.count): index for index, each in enumerate(kept)}
    return {
        "text": anatomy.text,
        "inputs": [
            {"name": name, "value": number(numbers[name]), "lo": ranges[name].lo, "hi": ranges[name].hi}
            for name in anatomy.inputs
        ],
        "outputs": [
            {"expr": shortened(output.expr, LONG), "part": output.part, "view": view}
            for output, view in zip(anatomy.outputs, numbers_of_views, strict=True)
        ],
        "operations": [facts(each) for each in kept],
        "parts": [part_row(part, places) for part in anatomy.parts],
        "folds": [fold_row(fold) for fold in anatomy.folds],
        "views": [view_row(view) for view in drawings],
    }


def number(x: float) -> float | str:
    """A number as JSON, or as a text that JavaScript reads."""
    return x if isfinite(x) else "NaN" if x != x else "Infinity" if x > 0 else "-Infinity"


def facts(kept: Kept) -> dict[str, Any]:
    """What is told of an operation: its signature, and what warnings ask."""
    op = kept.op
    kinks = [brief(**kink._replace(at=None)._asdict()) for kink in op.kinks]
    return brief(
        kinks=kinks, signature=op.signature if kinks else "", names=op.names if kinks else "",
        smooth=bool(kinks) and op.result == "number", additive=op.additive, copies=op.returns_operand,
        exact=op.arithmetic,
    )  # fmt: skip


def brief(**items: Any) -> dict[str, Any]:
    """The items that say something."""
    return {key: value for key, value in items.items() if value not in (None, False, "", [], ())}


def part_row(part: Part, places: Mapping[tuple[str, int], int]) -> dict[str, Any]:
    return {
        "name": part.name,
        "args": part.args,
        **brief(
            formula=part.formula,
            rules=[rule(each) for each in part.rules],
            still=not part.active,
            literal=part.literal,
            text=part.text if part.text != part.name else "",
        ),
        **({"op": places[part.op, len(part.args)]} if part.args else {}),
        **({"number": number(part.number)} if part.number is not None else {}),
    }


def rule(formula: Formula) -> Any:
    """A local derivative; one that has words for its parts, alone in a list."""
    text, words = formula
    if text == words and len(text) <= LONG:
        return text
    return [words if len(words) <= LONG else f"{words[: LONG - 3]}..."]


def fold_row(fold: Fold) -> dict[str, Any]:
    return {
        "part": fold.part,
        "members": fold.members,
        "sources": fold.sources,
        "args": fold.sources,
        "formula": shortened(fold.formula, LONG),
        "rules": [rule(each) for each in fold.rules],
    }


def view_row(view: View) -> dict[str, Any]:
    boxes = [list(box) if box.kind != NODE else list(box[:-1]) for box in view.boxes]
    return {**view._asdict(), "boxes": boxes, "edges": [list(edge) for edge in view.edges]}
