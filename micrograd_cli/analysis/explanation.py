"""The chain rule at work on one output, told as plain data: names, formulas, numbers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, count
from typing import NamedTuple

from micrograd_cli.algebra.scalar import FLOAT
from micrograd_cli.analysis.report import Report, Run, depending
from micrograd_cli.engine import NEG, Value, evaluate
from micrograd_cli.errors import UsageError, suggestion
from micrograd_cli.language.program import Program
from micrograd_cli.ops import CONST
from micrograd_cli.symbolic.formulas import Formula, Operand, local, written


class Share(NamedTuple):
    """What a node passes to one of its operands: its own gradient times the local derivative."""

    node: str
    operand: str
    formula: Formula
    derivative: float  # 0 too where no gradient flows
    product: float


class Step(NamedTuple):
    """A node: how its data came about, and where its gradient comes from and goes to."""

    name: str
    op: str
    formula: str  # "" of an input
    data: float
    grad: float | None  # None: no input that is asked for has a part in it
    received: list[Share]
    passed: list[Share]


class Explanation(NamedTuple):
    """One output. `forward` has its nodes from the inputs up, `backward` from the output down."""

    name: str
    forward: list[Step]
    backward: list[Step]
    gradients: list[Step]  # of the inputs, or of the one node that was asked for
    report: Report


def explanations(program: Program, only: str | None = None) -> Iterator[Explanation]:
    """An Explanation for each output of a program that `bind` has given its numbers.

    With `only`, the name of an input or a node, it follows that one's paths. Raises UsageError for
    an unknown name.
    """
    nodes = {**program.inputs, **program.named}
    if only is not None and only not in nodes:
        raise UsageError(f"--only {only}: no node is named '{only}'", hint=suggestion(only, nodes))
    wrt = list(program.inputs) if only is None else [only]
    active = depending(program, wrt)
    for output in program.outputs:
        run = Run(program, output, wrt)
        run.differentiate(active)
        yield Telling(run, only).explanation()


def constant(value: Value) -> bool:
    """Whether a node is a number that a formula shows as it is: 2, pi, -0.5."""
    signed = value.op is NEG and value.left.op is CONST and not value.left.label
    return value.op is CONST or (signed and not value.label)


class Telling:
    """The names that the nodes of a run get, and its steps."""

    def __init__(self, run: Run, only: str | None) -> None:
        self.run = run
        self.only = only
        self.names = self.named()
        self.received: dict[Value, list[Share]] = {}
        self.passed: dict[Value, list[Share]] = {}
        for value in reversed(run.order):
            if value in run.active and (value in self.received or value is run.output.node):
                self.share(value)

    def named(self) -> dict[Value, str]:
        """A short name for each node: its own, `f` for an output without one, else v1, v2 ..."""
        program, root = self.run.program, self.run.output.node
        taken = {*program.inputs, *program.named, *program.constants}
        fresh = (name for n in count(1) if (name := f"v{n}") not in taken)
        results = chain(["f"], (f"f{n}" for n in count(1)))
        result = next(name for name in results if name not in taken)
        names = {}
        for value in (*self.run.listing, root):
            if value is root or not constant(value):
                names[value] = value.label or (result if value is root else next(fresh))
        return names

    def operand(self, value: Value) -> Operand:
        if not constant(value):
            return self.names[value]
        return (value.label, value.data) if value.label else float(value.data)

    def share(self, value: Value) -> None:
        """Note what a node passes to its operands; nothing where its partial is nothing."""
        args = value.args
        formulas = local(value.op.name, tuple(map(self.operand, args)))
        partials = evaluate(FLOAT, value.op.partials, value.data, *[arg.data for arg in args])
        for arg, formula, partial in zip(args, formulas, partials, strict=True):
            if arg in self.run.active:
                number = 0.0 if partial is None else float(partial)
                product = 0.0 if partial is None else value.grad * number
                share = Share(self.names[value], self.names[arg], formula, number, product)
                self.passed.setdefault(value, []).append(share)
                if partial is not None:
                    self.received.setdefault(arg, []).append(share)

    def explanation(self) -> Explanation:
        run = self.run
        shown = [value for value in run.listing if value in self.names]
        if self.only is not None:
            near = {arg for value in run.order if value in run.active for arg in value.args}
            shown = [value for value in shown if value in run.active or value in near]
        steps = {value: self.step(value) for value in shown}
        return Explanation(
            self.names.get(run.output.node, "f"),
            list(steps.values()),
            [steps[value] for value in reversed(run.order) if value in self.passed],
            [self.step(run.nodes[name]) for name in run.wrt],
            run.report("inputs"),
        )

    def step(self, value: Value) -> Step:
        return Step(
            self.names.get(value, value.label),
            value.op.name,
            written(value.op.name, [self.operand(arg) for arg in value.args]) if value.args else "",
            value.data,
            value.grad if value in self.run.active else None,
            self.received.get(value, []),
            self.passed.get(value, []),
        )
