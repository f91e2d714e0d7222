"""The inside of a function: which parts of a graph get a name, and the text of each.

A part gets a name where it is used more than once, or where the line would get too long. So the
text grows as the graph does, and no expression is deep.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import reduce
from math import copysign, inf, isnan, sqrt
from operator import add
from typing import TYPE_CHECKING, NamedTuple

from micrograd_cli.language.builder import CONSTANTS
from micrograd_cli.language.printer import Names
from micrograd_cli.nodes import Constant
from micrograd_cli.render.code.forms import ATOM, SIGN, Form, Text, dot_form, fill, repeated
from micrograd_cli.render.code.names import legal
from micrograd_cli.render.code.target import Function, Target

if TYPE_CHECKING:
    from micrograd_cli.nodes import Node

ARITHMETIC = {"+", "-", "*", "/", "%", "<", "<=", ">", ">=", "==", "!="}
MANY = 50
SHORT_CONDITION = 24  # columns; a longer one that is used more than once gets a name
CONDITION_SLOTS = {"where": (0,), "not": (0,), "and": (0, 1), "or": (0, 1)}


class Step(NamedTuple):
    """A local variable: its name, its text, and whether it is a condition."""

    name: str
    text: str
    truth: bool
    symbol: str


class Result(NamedTuple):
    """An output: its label and its text, which is a name or a number if the target wants that."""

    label: str
    text: str


class Body:
    """What a target lays out: parameters, steps and results."""

    def __init__(self, target: Target, function: Function) -> None:
        self.target = target
        self.names = Names(target.taken)
        self.name = self.fresh(function.name, "f")
        self.inputs = [(name, self.fresh(name, "x")) for name, _ in function.inputs]
        self.steps: list[Step] = []
        self.symbols: dict[str, str] = {}  # how names are written
        self.written = {target.symbol(self.name)}
        self.texts: dict[Node, Text] = {}
        for (_, leaf), (_, own) in zip(function.inputs, self.inputs, strict=True):
            self.texts[leaf] = Text(ATOM, self.symbol(own))
        self.labels = [self.fresh(label, "y") for label, _ in function.outputs]
        pairs = zip(self.labels, function.outputs, strict=True) if target.labelled else ()
        self.reserved = {value: own for own, (_, value) in reversed(list(pairs))}
        self.count(function)
        for value in function.order:
            self.add(value)
        many = len(function.outputs) > 1
        self.results = [self.result(label, value, many) for label, value in function.outputs]

    @property
    def parameters(self) -> list[str]:
        return [own for _, own in self.inputs]

    @property
    def renamed(self) -> list[tuple[str, str]]:
        """The inputs that could not keep their names: those names, and their own."""
        return [(own, name) for name, own in self.inputs if name != own]

    @property
    def gradient(self) -> list[Result]:
        """The derivatives, if the outputs are a value and its derivatives."""
        first, *rest = self.results
        derivatives = all(result.label.startswith("d_") for result in rest)
        return rest if first.label == "value" and derivatives else []

    @property
    def code(self) -> str:
        """All expressions."""
        texts = [*[step.text for step in self.steps], *[result.text for result in self.results]]
        return "\n".join(texts)

    def fresh(self, wanted: str, stem: str) -> str:
        return self.names.fresh(legal(wanted, self.target.only_ascii) if wanted else "", stem)

    def symbol(self, name: str) -> str:
        """How a new name is written, not as another one is."""
        text = self.target.symbol(name)
        if text != name and text in self.written:
            text = self.target.verbatim(name)
        self.written.add(text)
        self.symbols[name] = text
        return text

    def count(self, function: Function) -> None:
        """How often each node is used, how often of these as a condition, and which inputs not."""
        self.uses: Counter[Node] = Counter(value for _, value in function.outputs)
        self.conditions: Counter[Node] = Counter()
        for value in function.order:
            args = value.args
            self.uses.update(args)
            self.conditions.update(args[i] for i in CONDITION_SLOTS.get(value.op.name, ()))
        leaves = [leaf for _, leaf in function.inputs]
        pairs = zip(self.parameters, leaves, strict=True)
        self.unused = [own for own, leaf in pairs if leaf not in self.uses]

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
        args, style = value.args, self.target.style
        name = value.op.name
        varying = any(arg.op.name != "const" or arg.label in CONSTANTS for arg in args)
        short = varying if name in ARITHMETIC else name in self.target.short
        operands = [self.operand(arg, short) for arg in args]
        if name in self.target.conditions:
            level, template = self.target.conditions[name]
            truth = Text(0, "", (level, fill(template, operands, style)))
            level, template = style.truth
            return Text(level, fill(template, [truth], style), truth.truth, 0.0)
        level, template = self.form(value, operands)
        for i in repeated(template):
            if not operands[i].atom and args[i] in self.texts and self.target.named_repeats:
                self.assign(args[i])
                operands[i] = self.operand(args[i], short)
        constant = all(operand.constant for operand in operands)
        if template == "$0":
            return operands[0]
        return Text(level, fill(template, operands, style), None, least(value, operands), constant)

    def form(self, value: Node, operands: Sequence[Text]) -> Form:
        """The form of a node, the most special that the target has."""
        variant, forms, args = self.target.variant(value, operands), self.target.forms, value.args
        if isinstance(variant, tuple):
            return variant
        if value.op.name == "dot":
            return dot_form(forms["*"], len(args) // 2)
        keys = [variant or "", f"{value.op.name}/{len(args)}"]
        if value.op.name == "^" and args[1].op.name == "const":
            keys.insert(0, f"^{args[1].number:g}")
        if len(args) > MANY:  # a chain of so many operators is too deep for some compilers
            keys.insert(0, f"long {value.op.name}")
        found = [forms[key] for key in keys if key in forms]
        return found[0] if found else forms[value.op.name]

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
        if text.truth and self.only_condition(value):
            return len(text.truth[1]) <= SHORT_CONDITION
        return value.op.name == "neg" and self.operand(value.args[0]).atom

    def only_condition(self, value: Node) -> bool:
        return self.uses[value] == self.conditions[value]

    # --- names --------------------------------------------------------------------------------

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

    def result(self, label: str, value: Node, many: bool) -> Result:
        text = self.operand(value)
        if many and self.target.named_results and not text.atom and value in self.texts:
            self.assign(value)
        return Result(label, self.operand(value).text)


def least(value: Node, operands: Sequence[Text]) -> float:
    """A number that the node is never less than: rounding is monotone, so sums keep it."""
    name, low = value.op.name, [operand.least for operand in operands]
    if name in ("+", "sum"):
        return reduce(add, low)
    if name == "cosh":
        return 1.0
    if name in ("exp", "exp2", "erfc", "sigmoid", "abs", "square", "hypot", "relu", "softplus"):
        return 0.0
    if name == "*" and min(low) >= 0:
        return low[0] * low[1]
    if name == "sqrt":
        return sqrt(max(low[0], 0.0))
    if name == "^" and value.args[1].op.name == "const" and value.args[1].number > 0:
        exponent = float(value.args[1].number)
        if low[0] >= 1:
            return 1.0
        if low[0] >= 0 or exponent % 2 == 0:
            return 0.0
    if name in ("max", "where"):
        return min(low[-2:]) if name == "where" else max(low)
    return -inf
