"""Reads what `mgrad check` checks: --claim, --expect, --expect-file and --same-as."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

from micrograd_cli.checks.checking import VALUE, Claimant, Claimed, Place, Subject
from micrograd_cli.checks.probe import Probe
from micrograd_cli.checks.subject import OutputSubject
from micrograd_cli.commands.values import number, numbers_of
from micrograd_cli.errors import DataError, MgradError, UsageError, suggestion
from micrograd_cli.files.opening import reading
from micrograd_cli.files.text import as_float, read_text
from micrograd_cli.language.arrays import Shape, elements, shape_text
from micrograd_cli.language.block_values import by_element
from micrograd_cli.language.names import assigned, listed, parted
from micrograd_cli.language.program import Program
from micrograd_cli.language.reading import parse

NONFINITE = (None, "inf", "-inf", "nan")  # as eval --format json prints them


class Target(NamedTuple):
    """What may be claimed: derivatives by `keys` of the outputs, known by their names."""

    program: Program
    outputs: list[str]  # "" for the only one
    keys: list[str]

    def find(self, name: str, option: str) -> tuple[int, str]:
        """The output, by index, and the key that `NAME` or `OUTPUT.NAME` means."""
        output, dot, key = parted(name, ".")
        if name in self.keys and len(self.outputs) == 1:
            return 0, name
        if output not in self.outputs:
            problem = f"no output is called '{output}'" if dot else "which output?"
            known = " or ".join(f"{each}.{key}" for each in self.outputs)
            raise UsageError(f"{option}: {problem}", hint=f"say {known}" if self.outputs[0] else "")
        return self.outputs.index(output), self.key(key, option)

    def key(self, name: str, option: str) -> str:
        parts = listed(name)
        for each in (name, ",".join(parts), ",".join(reversed(parts))):
            if each in self.keys:
                return each
        for part in parts:
            if part not in self.program.inputs:
                raise UsageError(f"{option}: '{part}' is not an input of the program",
                                 hint=suggestion(part, self.program.inputs))  # fmt: skip
        second = any(each not in self.program.inputs for each in self.keys)
        hint = f"with --order 2 it is two: {self.keys[0]}" if second else ""
        if "," in name and not second:
            hint = "second derivatives are checked with --order 2"
        raise UsageError(f"{option}: '{name}' is not checked", hint=hint)


Claims = list[list[Claimant]]  # for each output


def read_claims(target: Target, claims: Sequence[str], numbers: Sequence[str]) -> Claims:
    """The claimants of --claim and of --expect. Raises UsageError and ProgramError."""
    found: Claims = [[] for _ in target.outputs]
    taken: set[Any] = set()
    for option, texts in (("--claim", claims), ("--expect", numbers)):
        for text in texts:
            name, equal, value = assigned(text)
            if not (equal and name):
                first = next(iter(target.program.input_names()), "a")
                said = value if equal else "6" if ":" in text else text
                raise UsageError(f"{option} takes NAME=VALUE, not '{text}'",
                                 hint=f"as in {option} {first}={said}")  # fmt: skip
            *parts, last = parted(name, ".")
            if last in target.program.arrays:
                add_array(target, found, taken, (option, "".join(parts), last, value))
                continue
            index, key = target.find(name, f"{option} {name}")
            if (option, index, key) in taken:
                raise UsageError(f"{option} {name} is given twice")
            taken.add((option, index, key))
            if option == "--claim":
                found[index].append(formula(target.program, key, value, f"{option} {name}"))
            else:
                found[index].append(constant("expect", key, number(value, f"{option} {name}")))
    return found


def constant(source: str, key: str, value: float) -> Claimant:
    return lambda place: [Claimed(source, key, value)]


def add_array(
    target: Target, found: Claims, taken: set[Any], given: tuple[str, str, str, str]
) -> None:
    """Add the claims of `W=EXPR` or the expected numbers of `W=LIST`: one for each element.

    Raises UsageError.
    """
    option, before, name, text = given
    shape = target.program.arrays[name]
    for place, each in enumerate(elements(name, shape)):
        index, key = target.find(before + each, f"{option} {name}")
        if (option, index, key) in taken:
            raise UsageError(f"{option} {name} is given twice")
        taken.add((option, index, key))
        if option == "--claim":
            claimant = formula(target.program, key, text, f"{option} {name}", place, shape)
        else:
            try:
                numbers = by_element({name: shape}, {name: numbers_of(text, f"{option} {name}")})
            except ValueError as error:
                raise UsageError(f"{option}: {error}") from None
            claimant = constant("expect", key, numbers[each])
        found[index].append(claimant)


def formula(
    program: Program, key: str, text: str, option: str, place: int = 0, shape: Shape = ()
) -> Claimant:
    """A claimant that evaluates an expression of the program's inputs and named nodes.

    Of an array of a shape it takes the element at a place, counted row after row.
    """
    other = companion(program, text, option)
    known = {*program.inputs, *program.named}
    for name in other.inputs:
        if name not in known and name not in other.defaults:
            raise UsageError(f"{option}: '{name}' is not an input of the program",
                             other.places[name], suggestion(name, known),
                             text=other.text)  # fmt: skip
    if shape and other.outputs[0].shape != shape:
        own = shape_text(other.outputs[0].shape)
        raise UsageError(f"{option}: expected the shape {shape_text(shape)}, got {own}")
    if len(other.outputs) != prod(shape):
        raise UsageError(f"{option}: expected one expression, got {len(other.outputs)}")
    stated = OutputSubject(Probe(other, other.outputs[place]))

    def claim(place: Place) -> Iterator[Claimed]:
        here = stated.at({**other.defaults, **place.named()})
        yield Claimed("claim", key, here.value, here.noise)

    return claim


def companion(program: Program, text: str, option: str) -> Program:
    """A program about the inputs of another. Raises ProgramError that names the option."""
    try:
        return parse(text, inputs=program.inputs, arrays=program.arrays)
    except MgradError as error:
        error.message = f"{option}: {error.message}"
        raise


# --- --expect-file --------------------------------------------------------------------------------


def read_expected(target: Target, path: str) -> Claims:
    """The claimants of a file that holds what `eval --format json` prints, or `grad` of it."""
    tables = json_objects(read_text(path), path)
    if len(tables) != len(target.outputs):
        raise UsageError(f"'{path}' has {len(tables)} outputs, the program has "
                         f"{len(target.outputs)}")  # fmt: skip
    return [list(expected(target, table, path)) for table in tables]


def expected(target: Target, table: dict[str, Any], path: str) -> Iterator[Claimant]:
    grad = table["grad"] if isinstance(table.get("grad"), dict) else table
    for name, value in unpacked(target.program, grad).items():
        key = target.key(name, path)
        what = f"'{path}': the gradient of '{name}'"
        if value in NONFINITE:
            value = float(value or "nan")
        yield constant("expect-file", key, as_float(value, what))


def unpacked(program: Program, grad: Mapping[str, Any]) -> dict[str, Any]:
    """Derivatives by element. Raises UsageError for lists of another shape."""
    try:
        return by_element(program.arrays, grad) if program.arrays else dict(grad)
    except ValueError as error:
        raise UsageError(f"--expect-file: {error}") from None


def json_objects(text: str, path: str) -> list[dict[str, Any]]:
    """The objects of a text, one after another. Raises DataError."""
    decoder, found, place = json.JSONDecoder(), [], 0
    with reading(path):
        while text[place:].strip():
            place += len(text[place:]) - len(text[place:].lstrip())
            table, place = decoder.raw_decode(text, place)
            if not isinstance(table, dict):
                raise DataError(f"'{path}' does not hold an object of names and numbers")
            found.append(table)
    if not found:
        raise DataError(f"'{path}' is empty")
    return found


# --- --same-as ------------------------------------------------------------------------------------


def rival(program: Program, text: str) -> Program:
    """The program of --same-as, which has the inputs of the first. Raises MgradError."""
    other = companion(program, text, "--same-as")
    for name in other.inputs:
        if name not in program.inputs and name not in other.defaults:
            raise UsageError(f"--same-as: '{name}' is not an input of the program",
                             other.places[name], suggestion(name, program.inputs),
                             text=other.text)  # fmt: skip
    if len(other.outputs) != len(program.outputs):
        raise UsageError(f"--same-as has {len(other.outputs)} outputs, the program has "
                         f"{len(program.outputs)}")  # fmt: skip
    return other


def agreement(other: Subject, defaults: Mapping[str, float], keys: Iterable[str]) -> Claimant:
    """A claimant for whom value and derivatives are those of another program."""

    def claim(place: Place) -> Iterator[Claimed]:
        there = other.at({**defaults, **place.point})
        yield Claimed("same-as", VALUE, there.value, there.noise)
        for key in keys:
            yield Claimed("same-as", key, there.gradient.get(key, 0.0))

    return claim
