"""A scene as a PDF of one page, in Helvetica, which every reader has (ISO 32000-1)."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Sequence

from micrograd_cli.errors import printable
from micrograd_cli.render.plot.figure import Point
from micrograd_cli.render.plot.scene import COLOURS, Disc, Image, Label, Scene, Shape, Stroke
from micrograd_cli.render.plot.svg import POINTS

ARC = 0.5523  # of the radius: the handles of a quarter of a circle as a Bézier curve
WIDTHS = {**dict.fromkeys("ijl'|", 0.22), **dict.fromkeys("ft.,:;/()[]! I-", 0.3),
          **dict.fromkeys("mwMW", 0.83), **dict.fromkeys("+=<>~", 0.584)}  # fmt: skip


def pdf(scene: Scene) -> bytes:
    """The picture on a light page."""
    images: list[Image] = []
    content = "\n".join(commands(each, scene.height, images) for each in scene.shapes)
    size = f"{scene.width * POINTS:g} {scene.height * POINTS:g}"
    names = " ".join(f"/I{n} {n + 7} 0 R" for n in range(len(images)))
    opacities = sorted({each.opacity for each in scene.shapes if isinstance(each, Stroke)})
    shades = " ".join(f"/{shade(each)}<</CA {each:g}>>" for each in opacities)
    font = "<</Type/Font/Subtype/Type1/BaseFont/{}/Encoding/WinAnsiEncoding>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        (f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {size}]/Contents 4 0 R/Resources"
         f"<</Font<</F0 5 0 R/F1 6 0 R>>/XObject<<{names}>>/ExtGState<<{shades}>>>>>>").encode(),
        stream("", f"{POINTS} 0 0 {POINTS} 0 0 cm 1 j 1 J\n{content}".encode("cp1252", "replace")),
        font.format("Helvetica").encode(),
        font.format("Helvetica-Bold").encode(),
        *(stream(f"/Type/XObject/Subtype/Image/Width {image.columns}/Height {image.rows}"
                 "/ColorSpace/DeviceRGB/BitsPerComponent 8/Interpolate true", image.pixels)
          for image in images),
    ]  # fmt: skip
    return assembled(objects)


def assembled(objects: list[bytes]) -> bytes:
    """The file: the objects, and the table of where each begins."""
    data = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    places = []
    for number, each in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    count = len(objects) + 1
    return (
        data
        + (
            f"xref\n0 {count}\n0000000000 65535 f \n{table}"
            f"trailer<</Size {count}/Root 1 0 R>>\nstartxref\n{len(data)}\n%%EOF\n"
        ).encode()
    )


def stream(entries: str, data: bytes) -> bytes:
    packed = zlib.compress(data, 9)
    head = f"<<{entries}/Filter/FlateDecode/Length {len(packed)}>>stream\n"
    return head.encode() + packed + b"\nendstream"


def shade(opacity: float) -> str:
    """The name of an opacity among the resources."""
    return f"G{round(100 * opacity)}"


def colour(name: str) -> str:
    """A light page's colour as three shares."""
    code = COLOURS[name][0]
    return " ".join(f"{int(code[at : at + 2], 16) / 255:.3g}" for at in (1, 3, 5))


def commands(each: Shape, height: float, images: list[Image]) -> str:
    """The operators that draw a shape; in PDF y goes up."""
    if isinstance(each, Stroke):
        dash = f"[{each.dash:g}] 0 d" if each.dash else "[] 0 d"
        look = f"/{shade(each.opacity)} gs {colour(each.colour)} RG {each.width:g} w {dash}"
        return "\n".join([look, *(polyline(line, height) for line in each.lines), "S"])
    if isinstance(each, Disc):
        return f"{colour(each.colour)} rg {circle(each, height)} f"
    if isinstance(each, Label):
        text = printable(each.text)
        share = {"start": 0.0, "middle": 0.5, "end": 1.0}[each.anchor]
        x = each.at[0] - share * each.size * sum(WIDTHS.get(letter, 0.556) for letter in text)
        quoted = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        font = f"/F{int(each.bold)} {each.size:g} Tf"
        place = f"{x:.2f} {height - each.at[1]:.2f} Td"
        return f"BT {colour(each.colour)} rg {font} {place} ({quoted}) Tj ET"
    images.append(each)
    left, top, wide, high = each.box
    return f"q {wide:g} 0 0 {high:g} {left:g} {height - top - high:g} cm /I{len(images) - 1} Do Q"


def polyline(line: Sequence[Point], height: float) -> str:
    """The operators of a path: to its first point, and lines from there."""
    places = (f"{x:.2f} {height - y:.2f}" for x, y in line)
    return " ".join(f"{place} {'l' if n else 'm'}" for n, place in enumerate(places))


def circle(disc: Disc, height: float) -> str:
    """A circle as four Bézier curves."""
    x, y, r = disc.centre[0], height - disc.centre[1], disc.radius
    corners = [(1, 0), (0, 1), (-1, 0), (0, -1), (1, 0)]
    words = [f"{x + r:.2f} {y:.2f} m"]
    for (ax, ay), (bx, by) in itertools.pairwise(corners):
        handles = (ax + ARC * bx, ay + ARC * by, bx + ARC * ax, by + ARC * ay, bx, by)
        places = (f"{(y if n % 2 else x) + r * each:.2f}" for n, each in enumerate(handles))
        words.append(f"{' '.join(places)} c")
    return " ".join(words)
