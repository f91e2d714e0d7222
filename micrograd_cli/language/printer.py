"""A graph as text in mgrad's own language: one expression, or a program with named parts.

It reads back as the same graph, the same operations on the same numbers, and no walk recurses.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import chain
from types import MappingProxyType
from typing import Any, Union

from micrograd_cli.language.arrays import Shape, elements
from micrograd_cli.language.constants import CONSTANTS
from micrograd_cli.language.spelling import quoted
from micrograd_cli.nodes import Constant, Node
from micrograd_cli.ops import OPS

REPEATS = 12  # a shared part gets a name if that spares more operations and names than that
COMPARISON, NEGATIVE = OPS["<"].precedence, OPS["neg"].precedence
PLACE = re.compile(r"\[(\d+(?:,\d+)?)\]")
ELEMENT = re.compile(r"[^\W\d]\w*\[\d+(?:,\d+)?\]")
TIGHTEST = 1 + max(op.precedence for op in OPS.values())

CUT = "..."  # an operand that there is no room for
Texts = dict[Node, dict[int, tuple[int, str]]]  # of nodes by depth, and how tightly they bind
Piece = Union[str, tuple[Node, int]]  # noqa: UP007 (text, or an operand and how tightly it binds)


def expression(root: Node, names: Mapping[Node, str] | None = None) -> str:
    """A node as one expression. Below it, nodes with names stand by them, inputs by labels.

    `names` are texts as they stand in a program.
    """
    return written(root, names or {}, frozenset())


def written(root: Node, names: Mapping[Node, str], hidden: Collection[str]) -> str:
    """The text of a node, in which constants whose names are `hidden` stand as numbers."""
    texts: list[str] = []
    stack: list[Piece] = [(root, 0)]
    while stack:
        piece = stack.pop()
        if isinstance(piece, str):
            texts.append(piece)
            continue
        value, limit = piece
        if value in names and (value is not root or value.left is None):
            texts.append(names[value])
            continue
        precedence, pieces = parts(value, hidden)
        stack.extend(reversed(["(", *pieces, ")"] if precedence < limit else pieces))
    return "".join(texts)


def cut_below(node: Node, depth: int, name: Callable[[Node], str], found: Texts) -> tuple[int, str]:
    """How tightly the text of a node binds, and that text: cut that many operations below it.

    A node that has a name stands by it; `found` keeps what is found.
    """
    own = name(node)
    if own or not depth:
        return TIGHTEST, own or CUT
    texts = found.setdefault(node, {})
    if depth not in texts:
        precedence, pieces = parts(node, frozenset())
        whole = []
        for piece in pieces:
            if isinstance(piece, str):
                whole.append(piece)
                continue
            operand, limit = piece
            below = depth - 1 if operand.args else 1
            binds, text = cut_below(operand, below, name, found)
            whole.append(f"({text})" if binds < limit else text)
        texts[depth] = precedence, "".join(whole)
    return texts[depth]


def parts(value: Node, hidden: Collection[str]) -> tuple[int, Sequence[Piece]]:
    """How tightly a node binds, and its text with its operands left open."""
    args, op = value.args, value.op
    if not args:
        return leaf(value, hidden)
    if op.name == "dot" and len(args) > 2:
        half = len(args) // 2
        vectors = [vector(args[:half]), vector(args[half:])]
        return TIGHTEST, ["dot(", *vectors[0], ", ", *vectors[1], ")"]
    if not op.precedence:
        listed: list[Piece] = [piece for arg in args for piece in (", ", (arg, 0))]
        return TIGHTEST, [f"{op.name}(", *listed[1:], ")"]
    if len(args) == 1:
        sign = "-" if op.name == "neg" else f"{op.name} "
        return op.precedence, [sign, (args[0], op.precedence)]
    left, right = limits(op.name, op.precedence)
    symbol = f" {op.name} " if op.spaced else op.name
    return op.precedence, [(args[0], left), symbol, (args[1], right)]


def vector(args: Sequence[Node]) -> list[Piece]:
    """A literal of nodes: `[a, b]`."""
    listed: list[Piece] = [piece for arg in args for piece in (", ", (arg, 0))]
    return ["[", *listed[1:], "]"]


def limits(symbol: str, precedence: int) -> tuple[int, int]:
    """How tightly an operator's operands must bind to stand without brackets."""
    if symbol == "^":  # on its right it takes a sign, and another power
        return TIGHTEST, NEGATIVE
    if precedence == COMPARISON:  # a < b < c is an error
        return COMPARISON + 1, COMPARISON + 1
    return precedence, precedence + 1


def leaf(value: Node, hidden: Collection[str]) -> tuple[int, Sequence[Piece]]:
    """An input or a named constant by its name, a number by the shortest text that gives it."""
    if value.op.name == "input":
        label = value.label or "_"
        return TIGHTEST, [label if ELEMENT.fullmatch(label) else quoted(label)]
    assert isinstance(value, Constant)
    plain = number(value.number)
    text = value.label if value.label in CONSTANTS else plain
    if text in hidden:
        text = {"inf": "(1/0)", "nan": "(0/0)"}.get(plain, plain)
    return NEGATIVE if text.startswith("-") else TIGHTEST, [text]


def number(x: float) -> str:
    """The shortest text that reads back as the same number; an integer without a point."""
    return repr(float(x)).removesuffix(".0")


def literal(x: Any) -> str:
    """A number, or nested lists of them, as a literal."""
    return f"[{', '.join(map(literal, x))}]" if isinstance(x, list) else number(x)


def program(
    outputs: Iterable[tuple[str, Node]], order: Sequence[Node], inputs: Iterable[Node] = (),
    arrays: Mapping[str, Shape] = MappingProxyType({}),
) -> str:  # fmt: skip
    """The outputs, as pairs of a name (or "") and a node, as a program.

    `order` has their inner nodes, operands before results (`engine.topological_order`). Parts that
    are shared get names, so the text grows as the graph does. If one of `inputs` is not in the
    graph, the program begins with a declaration of all of them; always, where some are elements of
    `arrays`, which keep their names: `W[1,0]`.
    """
    outputs, inputs = list(outputs), list(inputs)
    roots = [value for _, value in outputs]
    used, names = leaves(order, roots), Names()
    whole = declared(arrays, inputs)
    names.taken |= set(whole.values())
    known = dict.fromkeys([*inputs, *used])
    labels = [leaf.label if leaf.label in whole else names.fresh(leaf.label, "x") for leaf in known]
    named = {
        leaf: reference_to(label, whole) or quoted(label)
        for leaf, label in zip(known, labels, strict=True)
    }
    hidden = CONSTANTS.keys() & names.taken
    lines = []
    if hidden or whole or not used.keys() >= set(inputs):
        lines.append("input " + ", ".join(declaration(labels, whole, arrays)))
    names.taken |= CONSTANTS.keys()
    ends = [
        (quoted(names.fresh(plain(name), "y")) if name else "", value) for name, value in outputs
    ]
    named |= {value: name for name, value in reversed(ends) if name and value.left is not None}
    name_shared(order, roots, named, names)

    def reference(value: Node) -> str:
        return named[value] if value in named else written(value, named, hidden)

    def assignment(name: str, text: str) -> str:
        return f"{name} = {not_literal(text)}"

    lines += [assignment(named[v], written(v, named, hidden)) for v in order if v in named]
    for name, value in ends:
        if name and named.get(value) != name:
            lines.append(assignment(name, reference(value)))
    results = [name or reference(value) for name, value in ends]
    return "\n".join([*lines, "; ".join(results)])


def declared(arrays: Mapping[str, Shape], inputs: Iterable[Node]) -> dict[str, str]:
    """The array of each input that is an element of one."""
    labels = {leaf.label for leaf in inputs}
    return {
        each: name
        for name, shape in arrays.items()
        for each in elements(name, shape)
        if each in labels
    }


def reference_to(element: str, whole: Mapping[str, str]) -> str:
    """An element of an array as it stands in a program; nothing for another name."""
    array = whole.get(element, "")
    return array and quoted(array) + element.removeprefix(array)


def declaration(
    names: Iterable[str], whole: Mapping[str, str], arrays: Mapping[str, Shape]
) -> list[str]:
    """What `input` declares: names, and arrays with their sizes."""
    known = set(whole.values())
    found = dict.fromkeys(whole.get(name, name) for name in names)
    return [
        f"{quoted(name)}[{', '.join(map(str, arrays[name]))}]" if name in known else quoted(name)
        for name in found
    ]


def leaves(order: Iterable[Node], roots: Iterable[Node]) -> dict[Node, None]:
    """The inputs of a graph, in order of appearance."""
    found = chain(*[value.args for value in order], roots)
    return dict.fromkeys(value for value in found if value.op.name == "input")


def not_literal(text: str) -> str:
    """The text; a number stands in brackets, for alone it would be an input's default."""
    return f"({text})" if set(text) <= set("0123456789.e+-") else text


def plain(label: str) -> str:
    """A label with those of elements as parts of a name: `W_1_0`."""
    found = PLACE.sub(lambda match: f"_{match[1].replace(',', '_')}", label)
    return found if found.isidentifier() else label


class Names:
    """The names that are taken."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = set(taken)
        self.last: Counter[str] = Counter()

    def fresh(self, wanted: str, stem: str) -> str:
        """The wanted name, with a number if it is taken; stem with a number if none is wanted."""
        name = wanted
        stem = name or stem
        while not name or name in self.taken:
            self.last[stem] += 1
            name = f"{stem}{self.last[stem]}"
        self.taken.add(name)
        return name


def name_shared(
    order: Sequence[Node], roots: Iterable[Node], named: dict[Node, str], names: Names
) -> None:
    """Name the inner nodes whose repetition would be long, and those that had a name and repeat."""
    uses = Counter(chain(roots, *[value.args for value in order]))
    sizes: dict[Node, int] = {}
    for value in order:
        sizes[value] = 1 + sum(1 if v in named else sizes.get(v, 1) for v in value.args)
        repeated = (uses[value] - 1) * (sizes[value] - 1)
        if value not in named and repeated > (1 if value.label else REPEATS):
            named[value] = quoted(names.fresh(plain(value.label), "t"))
