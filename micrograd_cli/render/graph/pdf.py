"""What Graphviz draws as SVG, as a PDF of one page: its polygons, curves, ellipses and texts."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

from micrograd_cli.render.plot.pdf import WIDTHS, assembled, stream

CIRCLE = 0.5523  # of the radius: the handles of a quarter of a circle as a Bézier curve
NUMBER = r"-?[\d.]+(?:e-?\d+)?"
NAMED = {"black": "#000000", "white": "#ffffff"}


def pdf(svg: str) -> bytes:
    """An SVG of Graphviz as PDF."""
    root = ET.fromstring(svg)
    left, top, width, height = map(float, root.get("viewBox", "").split())
    shift = next((found for each in root.iter() if (found := translation(each))), (0.0, 0.0))
    x, y = shift[0] - left, shift[1] - top
    drawn = [line for each in root.iter() for line in commands(each)]
    content = "\n".join([f"1 0 0 -1 {x:g} {height - y:g} cm 1 j", *drawn])
    font = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
    return assembled([
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        (f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width:g} {height:g}]/Contents 4 0 R"
         "/Resources<</Font<</F0 5 0 R>>>>>>").encode(),
        stream("", content.encode("cp1252", "replace")),
        font.encode(),
    ])  # fmt: skip


def translation(element: ET.Element) -> tuple[float, float] | None:
    """The shift of the graph within its page."""
    found = re.search(rf"translate\(({NUMBER})[ ,]+({NUMBER})\)", element.get("transform", ""))
    return (float(found[1]), float(found[2])) if found else None


def commands(element: ET.Element) -> Iterator[str]:
    """What draws an element; nothing for one that only holds others."""
    tag = element.tag.rpartition("}")[2]
    if tag == "text":
        yield from words(element)
    elif tag in ("polygon", "polyline", "path", "ellipse"):
        fill, stroke = colour(element, "fill"), colour(element, "stroke")
        if not (fill or stroke):
            return
        if fill:
            yield f"{fill} rg"
        if stroke:
            yield f"{stroke} RG {element.get('stroke-width', '1')} w"
        dashes = element.get("stroke-dasharray", "").replace(",", " ")
        yield f"[{dashes}] 0 d"
        yield from outline(tag, element)
        if tag in ("polygon", "ellipse"):
            yield "h"
        yield "B" if fill and stroke else "f" if fill else "S"


def colour(element: ET.Element, name: str) -> str:
    """A colour as PDF has it: three shares; nothing where nothing is drawn."""
    word = element.get(name, "black" if name == "fill" else "none")
    word = NAMED.get(word, word)
    if word in ("none", "transparent") or element.get(f"{name}-opacity") in ("0", "0.000000"):
        return ""
    if not re.fullmatch("#[0-9a-f]{6}", word):
        return "0.5 0.5 0.5"
    return " ".join(f"{int(word[i : i + 2], 16) / 255:.3g}" for i in (1, 3, 5))


def outline(tag: str, element: ET.Element) -> Iterator[str]:
    """The path of an element."""
    if tag == "ellipse":
        x, y, a, b = (float(element.get(name, "0")) for name in ("cx", "cy", "rx", "ry"))
        u, v = a * CIRCLE, b * CIRCLE
        yield f"{x + a:g} {y:g} m"
        yield f"{x + a:g} {y + v:g} {x + u:g} {y + b:g} {x:g} {y + b:g} c"
        yield f"{x - u:g} {y + b:g} {x - a:g} {y + v:g} {x - a:g} {y:g} c"
        yield f"{x - a:g} {y - v:g} {x - u:g} {y - b:g} {x:g} {y - b:g} c"
        yield f"{x + u:g} {y - b:g} {x + a:g} {y - v:g} {x + a:g} {y:g} c"
        return
    if tag == "path":
        for kind, text in re.findall(r"([MLCZ])([^MLCZ]*)", element.get("d", "").upper()):
            numbers = re.findall(NUMBER, text)
            size = {"M": 2, "L": 2, "C": 6, "Z": 1}[kind]
            for start in range(0, len(numbers), size):
                yield f"{' '.join(numbers[start : start + size])} {kind.lower()}"
            if kind == "Z":
                yield "h"
        return
    points = re.findall(rf"({NUMBER}),({NUMBER})", element.get("points", ""))
    for number, (x_, y_) in enumerate(points):
        yield f"{x_} {y_} {'l' if number else 'm'}"


def words(element: ET.Element) -> Iterator[str]:
    """A text, upright again on a page that is turned over."""
    text = "".join(element.itertext())
    size = float(element.get("font-size", "14"))
    width = sum(WIDTHS.get(each, 0.556) for each in text) * size
    share = {"middle": 0.5, "end": 1.0}.get(element.get("text-anchor", "start"), 0.0)
    x, y = float(element.get("x", "0")) - share * width, float(element.get("y", "0"))
    fill = colour(element, "fill") or "0 0 0"
    quoted = re.sub(r"([\\()])", r"\\\1", text)
    yield f"BT {fill} rg /F0 {size:g} Tf 1 0 0 -1 {x:g} {y:g} Tm ({quoted}) Tj ET"
