"""A scene as SVG, for light and for dark pages."""

from __future__ import annotations

import zlib
from base64 import b64encode
from collections.abc import Sequence
from struct import pack
from xml.sax.saxutils import escape

from micrograd_cli.errors import printable
from micrograd_cli.render.plot.figure import Point
from micrograd_cli.render.plot.scene import COLOURS, Disc, Image, Label, Scene, Shape, Stroke

POINTS = 0.75  # of a pixel: what a page makes of it
FONT = "ui-sans-serif,system-ui,'Helvetica Neue',Helvetica,Arial,sans-serif"


def svg(scene: Scene, title: str) -> str:
    """The picture; `title` is read out."""
    body = "\n".join(shape(each) for each in scene.shapes)
    used = [name for name in COLOURS if f'"{name}' in body or f" {name}" in body or name == "page"]
    light = "".join(rule(name, 0) for name in used)
    dark = "".join(rule(name, 1) for name in used if COLOURS[name][0] != COLOURS[name][1])
    width, height = scene.width * POINTS, scene.height * POINTS
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}pt" height="{height:g}pt" '
        f'viewBox="0 0 {scene.width:g} {scene.height:g}" role="img">\n'
        f"<title>{escape(printable(title))}</title>\n"
        f"<style>text{{font:12px {FONT};stroke:none}}path{{fill:none;stroke-linejoin:round;"
        f"stroke-linecap:round}}{light}@media(prefers-color-scheme:dark){{{dark}}}</style>\n"
        f'<rect class="page f" width="100%" height="100%"/>\n{body}\n</svg>\n'
    )


def rule(name: str, mode: int) -> str:
    """The style of a colour: strokes, and with the class f what is filled."""
    colour = COLOURS[name][mode]
    return f".{name}{{stroke:{colour}}}.{name}.f{{fill:{colour};stroke:none}}"


def shape(each: Shape) -> str:
    if isinstance(each, Stroke):
        extra = f' stroke-width="{each.width:g}"' if each.width != 1 else ""
        extra += f' stroke-dasharray="{each.dash:g}"' if each.dash else ""
        extra += f' stroke-opacity="{each.opacity:g}"' if each.opacity != 1 else ""
        data = "".join(path(line, each.grain) for line in each.lines)
        return f'<path class="{each.colour}"{extra} d="{data}"/>'
    if isinstance(each, Disc):
        x, y = each.centre
        return f'<circle class="{each.colour} f" cx="{x:.1f}" cy="{y:.1f}" r="{each.radius:g}"/>'
    if isinstance(each, Label):
        anchor = "" if each.anchor == "start" else f' text-anchor="{each.anchor}"'
        size = "" if each.size == 12 else f' style="font-size:{each.size:g}px"'
        bold = ' font-weight="600"' if each.bold else ""
        x, y = each.at
        look = f'class="{each.colour} f" x="{x:.1f}" y="{y:.1f}"{anchor}{size}{bold}'
        return f"<text {look}>{escape(printable(each.text))}</text>"
    x, y, width, height = each.box
    data = b64encode(png(each)).decode()
    return (
        f'<image x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" '
        f'preserveAspectRatio="none" href="data:image/png;base64,{data}"/>'
    )


def path(line: Sequence[Point], grain: float) -> str:
    """A polyline in grains, each point by its distance from the one before."""
    places = [(round(x / grain), round(y / grain)) for x, y in line]
    x, y = places[0]
    words = []
    for u, v in places[1:]:
        if (u, v) != (x, y):
            words.append(f"{short((u - x) * grain)} {short((v - y) * grain)}")
            x, y = u, v
    start = f"M{short(places[0][0] * grain)} {short(places[0][1] * grain)}l"
    return start + " ".join(words).replace(" -", "-") if words else ""


def short(x: float) -> str:
    """A number without idle characters: `-.5`."""
    text = f"{x:.6g}"
    return text.replace("0.", ".", 1) if 0 < abs(x) < 1 else text


def png(image: Image) -> bytes:
    """An image as a PNG (W3C's PNG specification, RGB without filters)."""
    stride = 3 * image.columns
    rows = (image.pixels[at : at + stride] for at in range(0, stride * image.rows, stride))
    data = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    header = pack(">IIBBBBB", image.columns, image.rows, 8, 2, 0, 0, 0)
    chunks = b"".join(chunk(*each) for each in ((b"IHDR", header), (b"IDAT", data), (b"IEND", b"")))
    return b"\x89PNG\r\n\x1a\n" + chunks


def chunk(kind: bytes, data: bytes) -> bytes:
    return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))
