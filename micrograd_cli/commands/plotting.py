"""What the options of `mgrad plot` ask for, as curves or as a field."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import isfinite, isnan, sqrt
from typing import Any, NamedTuple

from micrograd_cli.analysis import plotting
from micrograd_cli.analysis.curves import trace
from micrograd_cli.analysis.intervals import Request
from micrograd_cli.analysis.matrices import output_name
from micrograd_cli.analysis.plotting import Field, Grid, Plot, Tangent, Traced
from micrograd_cli.analysis.quantities import Line, Quantity, sampler
from micrograd_cli.analysis.sampling import Range
from micrograd_cli.analysis.scales import LINEAR, LOG, Scale
from micrograd_cli.analysis.sweep import check_names
from micrograd_cli.commands.values import number, number_or_range
from micrograd_cli.errors import DataError, UsageError, suggestion
from micrograd_cli.language.names import listed, parted, parts
from micrograd_cli.language.program import Program
from micrograd_cli.render.plot.layout import Look
from micrograd_cli.rows.pairs import read_pairs
from micrograd_cli.terminal.saying import wants_color
from micrograd_cli.terminal.streams import is_utf8

MOST_CURVES = 12  # more are not told apart
PICTURE = (640, 480)
WIDEST, HIGHEST = 120, 40  # characters, where the terminal is larger
ARROWS = (9, 6)
PANELS = {"f": 0, "d": 1, "d2": 2}


class Wishes(NamedTuple):
    """The options, as they are given; `size` is in characters, or in pixels of a picture."""

    with_: str | None
    wrt: list[str] | None
    tangent: str | None
    points: str | None
    band: str | None
    path: str | None
    log: str | None
    title: str
    max_points: int
    clip: str | None
    size: tuple[int, int]
    picture: bool


def curves(
    program: Program, numbers: Mapping[str, Any], ranged: Sequence[str], wishes: Wishes
) -> Plot:
    """The curves along the one input that has a range. Raises UsageError, DataError."""
    along, reach = swept(program, numbers, ranged)
    if wishes.path is not None:
        raise UsageError("--path is for a map, with the ranges of two inputs")
    across, up = scales(wishes.log)
    if across.log and reach.lo <= 0:
        raise UsageError(f"--log x needs a range above 0, not {reach.lo:g}:{reach.hi:g}")
    clip = clip_of(wishes.clip, up)
    orders = orders_of(wishes.with_)
    wrt = [along] if wishes.wrt is None else check_names(program, wishes.wrt)
    quantities = [Quantity(0), Quantity(1, along)]
    asked = [Quantity(order, name) for order in orders for name in (wrt if order else [""])]
    quantities += [each for each in asked if each not in quantities]
    request = Request(across.place(reach.lo), across.place(reach.hi), pixels(wishes, len(orders)),
                      wishes.max_points, clip)  # fmt: skip
    lines = list(each_line(program, along, numbers, quantities))
    traced, tangents = [], []
    for setting, line in lines:
        at = sampler(line, across, up)
        traced.append(Traced(output_name(program, line.output), setting, trace(at, request)))
        for x in tangent_places(wishes.tangent, along, reach):
            value, slope = at(across.place(x)).numbers[:2]
            if not (isfinite(value) and isfinite(slope)):
                raise DataError(f"there is no tangent at {along} = {x:g}: "
                                f"the value is {value:g} and the slope {slope:g}")  # fmt: skip
            tangents.append(Tangent(len(traced) - 1, x, value, slope))
    points = read_pairs(*file_and_columns(wishes.points)) if wishes.points else []
    band = read_band(wishes.band) if wishes.band else []
    return Plot(along, reach.lo, reach.hi, quantities, [quantities.index(each) for each in asked],
                traced, across, up, clip, tangents, points, wishes.title, band)  # fmt: skip


def swept(program: Program, numbers: Mapping[str, Any], ranged: Sequence[str]) -> tuple[str, Range]:
    """The input with a range, and the range. Raises UsageError."""
    if len(ranged) > 2:
        raise UsageError(f"one input or two have a range, not {len(ranged)}")
    if not ranged:
        if not program.inputs:
            raise UsageError("the program has no input to plot along")
        free = next((name for name in program.inputs if name not in numbers), None)
        name = free or next(iter(program.inputs))
        raise UsageError("no input has a range", hint=f"give one: --{name} 0:10")
    return ranged[0], wide(ranged[0], numbers[ranged[0]])


def wide(name: str, reach: Range) -> Range:
    """A range that is more than a point. Raises UsageError."""
    if reach.lo == reach.hi:
        raise UsageError(f"the range of --{name} is a single point, {reach.lo!r}",
                         hint=f"give two ends: --{name} LO:HI")  # fmt: skip
    if not isfinite((reach.hi - reach.lo) * 2):
        raise UsageError(f"the range of --{name} is too wide for an axis")
    if reach.hi - reach.lo < max(1e-12 * max(abs(reach.lo), abs(reach.hi)), 1e-300):
        raise UsageError(f"the range of --{name} is too narrow: floats are hardly closer")
    return reach


def each_line(
    program: Program, along: str, numbers: Mapping[str, Any], quantities: Sequence[Quantity]
) -> Iterator[tuple[dict[str, float], Line]]:
    """A line for every output and every setting of the inputs that have several values."""
    lists = {name: value for name, value in numbers.items() if type(value) is tuple}
    count = len(program.outputs)
    for value in lists.values():
        count *= len(value)
    if count > MOST_CURVES:
        raise UsageError(f"that makes {count} curves, more than {MOST_CURVES}")
    for output in program.outputs:
        for values in product(*lists.values()):
            setting = dict(zip(lists, values, strict=True))
            fixed = {name: x for name, x in numbers.items() if name != along} | setting
            yield setting, Line(program, output, along, fixed, quantities)


def field(
    program: Program, numbers: Mapping[str, Any], ranged: Sequence[str], wishes: Wishes
) -> Field:
    """The map over the two inputs that have a range. Raises UsageError, DataError."""
    for name in ("with_", "wrt", "tangent", "points", "band", "log", "clip"):
        if getattr(wishes, name) is not None:
            option = {"with_": "with", "clip": "y"}.get(name, name)
            raise UsageError(f"--{option} is for curves along one input, not for a map of two")
    if any(type(value) is tuple for value in numbers.values()):
        raise UsageError("a map takes no list of numbers", hint="give one number")
    if len(program.outputs) > 1:
        raise UsageError(f"a map shows one output, and the program has {len(program.outputs)}")
    order = [name for name in program.inputs if name in ranged]
    across, upward = (wide(name, numbers[name]) for name in order)
    cells = wishes.max_points - ARROWS[0] * ARROWS[1]
    columns = max(4, int(sqrt(max(cells, 16) * 4 / 3)))
    grid = Grid(
        (order[0], order[1]),
        (across.lo, across.hi),
        (upward.lo, upward.hi),
        columns,
        max(4, columns * 3 // 4),
    )
    path = []
    if wishes.path is not None:
        path = read_pairs(*file_and_columns(wishes.path, (order[0], order[1])))
    fixed = {name: x for name, x in numbers.items() if name not in ranged}
    found = plotting.field(program, program.outputs[0], fixed, grid, ARROWS, path, wishes.title)
    if all(isnan(value) or not isfinite(value) for row in found.values for value in row):
        raise DataError(f"there is nothing to draw: {found.output} is nowhere finite in this range")
    return found


# --- the options, one by one ----------------------------------------------------------------------


def scales(axes: str | None) -> tuple[Scale, Scale]:
    """The axes of the input and of the output."""
    names = [] if axes is None else listed(axes)
    for name in names:
        if name not in ("x", "y"):
            raise UsageError(f"--log takes x, y or x,y, not '{name}'")
    return (LOG if "x" in names else LINEAR), (LOG if "y" in names else LINEAR)


def clip_of(text: str | None, up: Scale) -> tuple[float, float] | None:
    if text is None:
        return None
    reach = number_or_range(text, "--y")
    if not isinstance(reach, Range) or reach.lo == reach.hi:
        raise UsageError("--y takes a range: --y 0:1")
    if up.log and reach.lo <= 0:
        raise UsageError("--log y needs --y above 0")
    if not up.log:
        wide("y", reach)
    return up.place(reach.lo), up.place(reach.hi)


def orders_of(text: str | None) -> list[int]:
    names = ["f", "d"] if text is None else listed(text)
    for name in names:
        if name not in PANELS:
            raise UsageError(
                f"--with takes f, d and d2, not '{name}'", hint=suggestion(name, PANELS)
            )
    return sorted({PANELS[name] for name in names})


def tangent_places(text: str | None, along: str, reach: Range) -> list[float]:
    if text is None:
        return []
    places = [number(part, "--tangent") for part in parts(text)]
    for x in places:
        if not reach.lo <= x <= reach.hi:
            raise UsageError(f"--tangent {x:g} is outside the range of --{along}")
    return places


def file_and_columns(
    text: str, columns: tuple[str, str] | None = None
) -> tuple[str, tuple[str, str]]:
    """`data.csv:x,y` as its file and its columns; without them these columns, if there are some."""
    file, colon, names = parted(text, ":")
    pair = listed(names)
    if colon and len(pair) == 2 and all(pair):
        return file, (pair[0], pair[1])
    if columns is None:
        raise UsageError(f"--points takes FILE:X,Y, not '{text}'", hint="--points data.csv:x,y")
    return text, columns


def read_band(text: str) -> list[list[tuple[float, float]]]:
    """The two edges of `rows.csv:x,low,high`, each along x. Raises UsageError, DataError."""
    file, colon, names = parted(text, ":")
    columns = listed(names)
    if not colon or len(columns) != 3 or not all(columns):
        raise UsageError(f"--band takes FILE:X,LOW,HIGH, not '{text}'",
                         hint="--band rows.csv:x,low,high")  # fmt: skip
    x, *edges = columns
    return [sorted(read_pairs(file, (x, edge))) for edge in edges]


def size_of(text: str | None, picture: bool) -> tuple[int, int]:
    """The size that is asked for, or that fits. Raises UsageError."""
    if text is None and picture:
        return PICTURE
    if text is None:
        columns, rows = shutil.get_terminal_size()
        return min(columns, WIDEST), min(rows - 1, HIGHEST)
    width, _, height = text.lower().partition("x")
    least, most = ((200, 150), 4000) if picture else ((20, 8), 1000)
    if not (width.isdecimal() and height.isdecimal()):
        raise UsageError(f"--size takes WIDTHxHEIGHT, not '{text}'", hint="--size 80x24")
    size = int(width), int(height)
    if size[0] < least[0] or size[1] < least[1] or max(size) > most:
        unit = "pixels" if picture else "characters"
        raise UsageError(
            f"--size is from {least[0]}x{least[1]} to {most}x{most} {unit}, not {text}"
        )
    return size


def pixels(wishes: Wishes, panels: int) -> tuple[int, int]:
    """About how many points of a panel are told apart."""
    across, down = (2, 2) if wishes.picture else (2, 4)
    return wishes.size[0] * across, max(wishes.size[1] * down // panels, 16)


def look_of(size: tuple[int, int], style: str, color: str) -> Look:
    """How text is drawn: by braille on a terminal that has it, else in ASCII."""
    from micrograd_cli.terminal.console import plain_locale  # it brings Rich

    terminal = sys.stdout.isatty()
    if style == "auto":
        style = "braille" if terminal and is_utf8() and not plain_locale(os.environ) else "ascii"
    return Look(*size, style, wants_color(color, terminal, os.environ))
