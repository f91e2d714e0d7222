"""The inside of a function: which parts of a graph get a name, and the text of each.

A part gets a name where it is used more than once, or where the line would get too long. So the
text grows as the graph does, and no expression is deep.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from math import copysign, inf, isnan

from micrograd_cli.language.arrays import Place, element, elements, places
from micrograd_cli.language.constants import CONSTANTS
from micrograd_cli.language.printer import Names, plain
from micrograd_cli.nodes import Constant, Node
from micrograd_cli.render.code.forms import ATOM, OPEN, SIGN, Form, Text, dot_form, fill, repeats
from micrograd_cli.render.code.layout import Function, Layout, Result, Step
from micrograd_cli.render.code.names import identifier
from micrograd_cli.render.code.target import Target
from micrograd_cli.symbolic.bounds import least_value

ELEMENT = re.compile(r"\[(\d+(?:,\d+)?)\]$")  # at the end of a label
MANY = 50
SHORT_CONDITION = 24  # columns; a longer one that is used more than once gets a name


def lay_out(
    target: Target, function: Function, forms: Mapping[str, Form], taken: Iterable[str]
) -> Layout:
    """A function as texts, whose names are none of those that are taken."""
    body = Body(target, function, forms, taken)
    name = body.fresh(function.name, "f")
    body.written = {target.symbol(name)}
    whole = whole_arrays(function) if target.arrays else {}
    own: dict[str, str] = {}  # the parameter of each input, or of the array that it is part of
    used: set[str] = set()
    for label, leaf in function.inputs:
        array, place = whole.get(label, (label, ()))
        if array not in own:
            own[array] = body.fresh(array, "x")
            body.symbol(own[array])
        text = body.symbols[own[array]]
        shape = function.arrays[array] if place else ()
        body.texts[leaf] = Text(ATOM, target.element(text, place, shape) if place else text)
        used |= {own[array]} if body.uses[leaf] else set()
    labels = [body.fresh(label, "y") for label, _ in function.outputs]
    if target.labelled:
        pairs = zip(labels, function.outputs, strict=True)
        body.reserved = {value: label for label, (_, value) in reversed(list(pairs))}
    for value in function.order:
        body.add(value)
    many = len(labels) > 1
    results = [
        Result(label, name, body.result(value, many))
        for name, (label, value) in zip(labels, function.outputs, strict=True)
    ]
    unused = [parameter for parameter in own.values() if parameter not in used]
    shapes = {own[array]: function.arrays[array] for array, _ in whole.values()}
    if target.arrays:
        results = packed(target, results)
    return Layout(name, list(own.items()), unused, body.steps, results, body.symbols, shapes)


def whole_arrays(function: Function) -> dict[str, tuple[str, Place]]:
    """The array and the place of each input that is an element, if all elements are inputs."""
    labels = {label for label, _ in function.inputs}
    return {
        element(name, place): (name, place)
        for name, shape in function.arrays.items()
        if labels.issuperset(elements(name, shape))
        for place in places(shape)
    }


def packed(target: Target, results: Sequence[Result]) -> list[Result]:
    """The results, with those that are all elements of an array, in order, as one."""
    found: list[Result] = []
    for stem, group in groupby(results, lambda result: ELEMENT.sub("", result.label)):
        parts = tuple(group)
        where = [ELEMENT.search(part.label) for part in parts]
        at = [tuple(map(int, match[1].split(","))) if match else () for match in where]
        shape = tuple(index + 1 for index in max(at))
        if shape and "[" not in stem and at == list(places(shape)):
            text = target.packed(shape, [part.text for part in parts])
            found.append(Result(stem, identifier(stem, target.only_ascii), text, shape, parts))
        else:
            found.extend(parts)
    return found


def as_form(target: Target, function: Function, forms: Mapping[str, Form]) -> Form | None:
    """A function of one output as a form, whose slots are its inputs, if it is one expression."""
    body = Body(target, function, forms, ())
    for i, (_, leaf) in enumerate(function.inputs):
        body.texts[leaf] = Text(OPEN, f"${i}", (OPEN, f"${i}?"))
    for value in function.order:
        body.add(value)
    found = body.operand(function.outputs[0][1])
    long = body.steps or (repeats(found.text) and not target.named_repeats)
    return None if long else (found.level, found.text)


class Body:
    """The texts of a graph's nodes, found one by one."""

    def __init__(
        self, target: Target, function: Function, forms: Mapping[str, Form], taken: Iterable[str]
    ) -> None:
        self.target = target
        self.forms = forms
        self.names = Names(taken)
        self.steps: list[Step] = []
        self.symbols: dict[str, str] = {}  # how names are written
        self.written: set[str] = set()
        self.texts: dict[Node, Text] = {}
        self.reserved: dict[Node, str] = {}  # the names that nodes have if they get one
        self.uses = Counter(value for _, value in function.outputs)
        self.conditions: Counter[Node] = Counter()  # how many of the uses are as a condition
        for value in function.order:
            args = value.args
            self.uses.update(args)
            self.conditions.update(args[i] for i in value.op.conditions)

    # --- the text of a node -------------------------------------------------------------------

    def add(self, value: Node) -> None:
        """Find the text of a node, and give it a name if it is used more than once."""
        self.shorten(value)
        self.texts[value] = text = self.text(value)
        if self.uses[value] > 1 and not self.cheap(value, text):
            self.assign(value)

    def shorten(self, value: Node) -> None:
        """Give names to operands, the longest first, until the text fits on a line."""
        args = [arg for arg in dict.fromkeys(value.args) if arg in self.texts]
        length = sum(len(self.texts[arg].text) for arg in args)
        for arg in sorted(args, key=lambda arg: -len(self.texts[arg].text)):
            if length <= self.target.room or self.texts[arg].atom:
                return
            length -= len(self.texts[arg].text)
            self.assign(arg)

    def text(self, value: Node) -> Text:
        args, style, name = value.args, self.target.style, value.op.name
        varying = any(not isinstance(arg, Constant) or arg.label in CONSTANTS for arg in args)
        short = self.target.short_numbers(value.op, varying)
        operands = [self.operand(arg, short) for arg in args]
        if name in self.target.conditions:
            level, template = self.target.conditions[name]
            truth = Text(0, "", (level, fill(template, operands, style)))
            level, template = style.truth
            return Text(level, fill(template, [truth], style), truth.truth, 0.0)
        level, template = self.form(value, operands)
        for i in repeats(template):
            if not operands[i].atom and args[i] in self.texts and self.target.named_repeats:
                self.assign(args[i])
                operands[i] = self.operand(args[i], short)
        if template == "$0":
            return operands[0]
        least = least_value(value, [operand.least for operand in operands])
        constant = all(operand.constant for operand in operands)
        return Text(level, fill(template, operands, style), None, least, constant)

    def form(self, value: Node, operands: Sequence[Text]) -> Form:
        """The form of a node, the most special that the target has."""
        name, args, variants = value.op.name, value.args, self.target.variants
        variant = variants[name](value, operands) if name in variants else None
        if isinstance(variant, tuple):
            return variant
        if name == "dot":
            return dot_form(self.forms["*"], len(args) // 2)
        keys = [variant] if variant else []
        if name == "^" and isinstance(args[1], Constant):
            keys.append(f"^{args[1].number!r}".removesuffix(".0"))
        if len(args) > MANY:  # a chain of so many operators is too deep for some compilers
            keys.append(f"long {name}")
        keys += [f"{name}/{len(args)}", name]
        found = [self.forms[key] for key in keys if key in self.forms]
        return found[0] if found else self.target.call(name)

    def operand(self, value: Node, short: bool = False) -> Text:
        """An operand as text: a leaf, or what was found before."""
        if value in self.texts:
            return self.texts[value]
        assert isinstance(value, Constant)
        x, label, target = value.number, value.label, self.target
        if label not in CONSTANTS:
            label = "nan" if isnan(x) else "inf" if abs(x) == inf else ""
        text = target.constants[label] if label else target.number(abs(x), short)
        if copysign(1.0, x) < 0 and not isnan(x):
            return Text(SIGN, f"-{text}", None, x, True)
        return Text(ATOM, text, None, -inf if isnan(x) else x, True)

    def cheap(self, value: Node, text: Text) -> bool:
        """Whether a text is so short that it may stand more than once."""
        if len(text.text) <= self.target.share or text.atom:
            return True
        if text.truth:
            shown = text.truth[1] if self.only_condition(value) else text.text
            return len(shown) <= SHORT_CONDITION
        return value.op.name == "neg" and self.operand(value.args[0]).atom

    def only_condition(self, value: Node) -> bool:
        return self.uses[value] == self.conditions[value]

    # --- names --------------------------------------------------------------------------------

    def fresh(self, wanted: str, stem: str) -> str:
        own = identifier(plain(wanted), self.target.only_ascii) if wanted else ""
        return self.names.fresh(own, stem)

    def symbol(self, name: str) -> str:
        """How a new name is written, not as another one is."""
        text = self.target.symbol(name)
        if text != name and text in self.written:
            text = self.target.verbatim(name)
        self.written.add(text)
        self.symbols[name] = text
        return text

    def assign(self, value: Node) -> None:
        """Make a step of a node: from here on its text is a name."""
        text = self.texts[value]
        name = self.reserved.get(value) or self.fresh(value.label, "t")
        own = self.symbol(name)
        if text.truth and self.only_condition(value):
            self.steps.append(Step(name, text.truth[1], True, own))
            self.texts[value] = Text(ATOM, own, (ATOM, own))
        else:
            self.steps.append(Step(name, text.text, False, own))
            self.texts[value] = Text(ATOM, own, None, text.least, text.constant)

    def result(self, value: Node, many: bool) -> str:
        text = self.operand(value)
        if many and self.target.named_results and not text.atom and value in self.texts:
            self.assign(value)
        return self.operand(value).text
