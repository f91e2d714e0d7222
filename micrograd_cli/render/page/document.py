"""A program as one page of HTML: a template, its style and scripts, and the program as data."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from html import escape
from json import dumps
from string import Template

from micrograd_cli import resources
from micrograd_cli.analysis.anatomy import Anatomy
from micrograd_cli.analysis.sampling import Range
from micrograd_cli.render.page.data import data, shortened
from micrograd_cli.render.page.rules import Scripted, scripted

LARGE = 100  # nodes: a drawing of more is painted where one looks
TITLE = 120  # characters
COMMENTS = re.compile(r"^[ \t]*//[^\n]*\n|[ \t]+// [^\n]*|/\*\*.*?\*/\n?", re.MULTILINE | re.DOTALL)
INDENTS = re.compile(r"^[ \t]+|^\n", re.MULTILINE)
# Blanks beside signs, where the signs stand in no text of the scripts with blanks beside them so.
BLANKS = re.compile(
    r" ?(=>|===|!==|&&|\|\||\?\?|[<>]=|\{) ?| ([?:<>]) |(?<=[\w\]]) (=) (?!\$)|(?<=\w)(,) (?=\w)"
    r"|(?<=[\w)\]]) ([-+]) (?=[\w(])|(?<=,)\n"
)
BLANKS_OF_STYLES = re.compile(r"(?<=[:;,]) |(?<=[{;])\n(?!\})")
PRECISE = re.compile(r"Math\.(exp|log|pow|hypot)\(")
SLOPES = re.compile(r"^function d\d+\(.*?^\}", re.MULTILINE | re.DOTALL)


def html(anatomy: Anatomy, numbers: Mapping[str, float], ranges: Mapping[str, Range]) -> str:
    """The page of a program whose inputs start at these numbers, and move in these ranges."""
    used = dict.fromkeys((part.op, len(part.args)) for part in anatomy.parts if part.args)
    operations, rules = scripted(used)
    style = BLANKS_OF_STYLES.sub("", bare(template("page.css")))
    script = "".join(scripts(anatomy, operations, rules))
    program = dumps(data(anatomy, operations, numbers, ranges), separators=(",", ":"))
    return Template(template("page.html")).substitute(
        title=escape(shortened(title(anatomy), TITLE)),
        style=style,
        style_hash=source_hash(style),
        script=script,
        script_hash=source_hash(script),
        program=program.replace("<", "\\u003c"),
    )


def title(anatomy: Anatomy) -> str:
    """The comment that a program begins with, or else its outputs."""
    comment = anatomy.text.lstrip().partition("\n")[0]
    words = comment.strip("# \t\r") if comment.startswith("#") else ""
    return words or "; ".join(dict.fromkeys(output.expr for output in anatomy.outputs))


def scripts(anatomy: Anatomy, operations: Sequence[Scripted], rules: str) -> list[str]:
    """The scripts that a program needs, in order; `rules` defines the operations' functions."""
    precise = PRECISE.search(SLOPES.sub("", rules)) is not None
    wanted = {
        "engine": True,
        "warnings": True,
        "kinks": any(each.kinks for each in operations),
        "graph": True,
        "steps": True,
        "plot": True,
        "page": True,
        "folds": bool(anatomy.folds),
        "outputs": len(anatomy.outputs) > 1,
        "large": len(anatomy.parts) > LARGE,
        "start": True,
    }
    rows = [f"[{', '.join((each.value, each.slopes, *each.kinks))}]" for each in operations]
    return [
        bare(template("precise.js")) if precise else "",
        f"const rules = ((Math) => {{\n{bare(rules)}return [{', '.join(rows)}];\n}})"
        f"({'precise' if precise else 'Math'});\n",
        *[bare(template(f"{name}.js")) for name, needed in wanted.items() if needed],
    ]


def template(name: str) -> str:
    return resources.text("render", "page", "template", name)


def bare(source: str) -> str:
    """A script or a style without comments, indentation, and blanks beside signs."""
    return BLANKS.sub(
        lambda match: "".join(filter(None, match.groups())),
        INDENTS.sub("", COMMENTS.sub("", source)),
    )


def source_hash(text: str) -> str:
    """What the page's Content Security Policy knows its own script and style by."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
