"""What a page draws: the whole graph, and the inside of each folded part; all with their places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from micrograd_cli.analysis.anatomy import FOLDED, Anatomy, Fold, Part
from micrograd_cli.render.page.layers import Link, Size
from micrograd_cli.render.page.layout import layout

LETTER = 7.3  # the width of a letter in a box
LETTERS = 26  # of a name or a formula in a box
LEAST, LINES = 122, 66  # width of a box, and height
SLOT = 17  # of the height, for each operand
COPY = 26  # height of a copy, which has a name alone
SEVERAL = 200  # boxes of all outputs' drawings together
MARGIN = 14  # around the drawing

NODE, FOLD, SOURCE, COPIED = range(4)


class Box(NamedTuple):
    """A part at its place. Of the inside of a fold, a SOURCE is what comes from outside."""

    part: int
    x: int
    y: int
    kind: int = NODE
    width: int = LEAST
    height: int = LINES


class Edge(NamedTuple):
    """From a box to another, of which it is the operand of that number, through points."""

    source: int
    target: int
    operand: int
    points: list[int]  # x, y, x, y ...


class View(NamedTuple):
    """A drawing: of everything (`part` is None), or of the inside of a part."""

    part: int | None
    width: int
    height: int
    boxes: list[Box]
    edges: list[Edge]


class Shape(NamedTuple):
    """A part before it has a place: its operands and its formula, as it is drawn."""

    part: int
    kind: int
    args: list[int]
    formula: str


def views(anatomy: Anatomy) -> tuple[list[View], list[int]]:
    """All drawings, those of whole graphs first; and the number of each output's own.

    Where the outputs are many and large, they have one drawing of everything.
    """
    shapes = drawn(anatomy)
    known = {shape.part: shape for shape in shapes}
    reached = [below(output.part, known) for output in anatomy.outputs]
    if sum(map(len, reached)) > max(SEVERAL, len(shapes)):
        whole, numbers = [shapes], [0 for _ in reached]
    else:
        whole = [[shape for shape in shapes if shape.part in parts] for parts in reached]
        numbers = list(range(len(reached)))
    found = [view(None, each, anatomy.parts) for each in whole]
    return [*found, *[inside(fold, anatomy.parts) for fold in anatomy.folds]], numbers


def drawn(anatomy: Anatomy) -> list[Shape]:
    """The parts of the whole graph: what is not inside a fold, nor a number in a formula."""
    folds = {fold.part: fold for fold in anatomy.folds}
    hidden = {member for fold in anatomy.folds for member in fold.members}
    hidden |= {index for index, part in enumerate(anatomy.parts) if part.literal}
    hidden -= {output.part for output in anatomy.outputs}
    shapes = [
        Shape(index, FOLD, folds[index].sources, folds[index].formula)
        if index in folds
        else Shape(index, NODE, part.args, part.formula)
        for index, part in enumerate(anatomy.parts)
        if index not in hidden
    ]
    return shapes if len(shapes) <= FOLDED else without_own_inputs(shapes, anatomy)


def without_own_inputs(shapes: Sequence[Shape], anatomy: Anatomy) -> list[Shape]:
    """The shapes without the inputs that only one fold uses: they are drawn inside of it."""
    users = Counter(arg for shape in shapes for arg in set(shape.args))
    users.update(output.part for output in anatomy.outputs)
    own = {arg for shape in shapes if shape.kind == FOLD for arg in shape.args if users[arg] == 1}
    return [s for s in shapes if s.part not in own or anatomy.parts[s.part].args]


def below(root: int, shapes: Mapping[int, Shape]) -> set[int]:
    """The parts that one depends on, and it."""
    found, stack = {root}, [root]
    while stack:
        new = [arg for arg in shapes[stack.pop()].args if arg in shapes and arg not in found]
        found.update(new)
        stack.extend(new)
    return found


def inside(fold: Fold, parts: Sequence[Part]) -> View:
    """What a fold is made of, beside what comes from outside."""
    outside = [Shape(source, SOURCE, [], "") for source in fold.sources]
    own = [each for each in (*fold.members, fold.part) if not parts[each].literal]
    shapes = [Shape(each, NODE, parts[each].args, parts[each].formula) for each in own]
    return view(fold.part, [*outside, *shapes], parts)


def view(part: int | None, shapes: Sequence[Shape], parts: Sequence[Part]) -> View:
    """The drawing of some parts; edges come from those operands that are among them."""
    places = {shape.part: index for index, shape in enumerate(shapes)}
    links, operands, sizes = [], [], []
    for index, shape in enumerate(shapes):
        drawn = [(i, arg) for i, arg in enumerate(shape.args) if arg in places]
        for slot, (operand, arg) in enumerate(drawn):
            links.append(Link(places[arg], index, slot, len(drawn)))
            operands.append(operand)
        sizes.append(size(shape, parts[shape.part].name, len(drawn)))
    copy_sizes = [(letters(parts[shape.part].name), COPY) for shape in shapes]
    found = layout(sizes, links, copy_sizes)
    kinds = [(shape.part, shape.kind) for shape in shapes]
    kinds += [(shapes[of].part, COPIED) for of in found.copies]
    boxes = [
        Box(part, x + MARGIN, y + MARGIN, kind, width, height)
        for (part, kind), (x, y), (width, height) in zip(
            kinds, found.places, [*sizes, *[copy_sizes[of] for of in found.copies]], strict=True
        )
    ]
    edges = [
        Edge(source, link.target, operand, [each + MARGIN for point in route for each in point])
        for source, link, operand, route in zip(
            found.sources, links, operands, found.routes, strict=True
        )
    ]
    return View(part, found.width + 2 * MARGIN, found.height + 2 * MARGIN, boxes, edges)


def size(shape: Shape, name: str, slots: int) -> Size:
    """The width and height of a box with its name and formula, its data and its grad."""
    title = f"{name} = {shape.formula}" if shape.formula else name
    return max(LEAST, letters(title)), max(LINES, SLOT * slots)


def letters(text: str) -> int:
    """The width of a box with a text, which is shortened where it is long."""
    return round(LETTER * min(len(text), LETTERS) + 20)
