"""From the options of `mgrad check` to comparisons: what is checked, and against what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from micrograd_cli.checks.checking import Claimant, Claimed, Place, Reference, Subject
from micrograd_cli.checks.probe import Probe
from micrograd_cli.checks.remedies import derivative_text
from micrograd_cli.checks.subject import OutputSubject
from micrograd_cli.commands.certain import exact_module
from micrograd_cli.commands.check.expectations import (
    Claims,
    Target,
    agreement,
    read_claims,
    read_expected,
    rival,
)
from micrograd_cli.errors import UsageError
from micrograd_cli.language.program import Output, Program


class Comparison(NamedTuple):
    """The checks of one output. `text` is what the spans of reasons refer to."""

    output: str | None
    prefix: str
    expr: str
    text: str
    subject: Subject
    claimants: list[Claimant]
    against: str
    certain: Reference | None = None
    formula: Callable[[str], str] = lambda key: ""  # the right derivative as a text, if it is known


def of_program(program: Program, names: list[str], options: dict[str, Any]) -> list[Comparison]:
    """The comparisons of a program of mgrad's: of its gradients, or of what is claimed of them."""
    second = options["order"] == "2"
    keys = pairs(names) if second else names
    target = Target(program, labels(program.outputs), keys)
    claims = claimants(target, options)
    if options["same_as"] is not None:
        other = rival(program, options["same_as"])
        for index, output in enumerate(other.outputs):
            opponent = subject_of(other, output, names, second)
            claims[index].append(agreement(opponent, other.defaults, keys))
    elif not keys:
        raise UsageError("the program has no inputs, so there is nothing to check")
    claimed = options["same_as"] is not None or any(claims)
    return [
        Comparison(
            output.name,
            target.outputs[index],
            program.expression(output),
            program.text,
            subject_of(program, output, names, second),
            claims[index] if claimed else [own("engine", keys)],
            "certain" if options["certain"] else "engine" if claimed else "numerical",
            certain_reference(program, output, options),
            partial(derivative_text, program, output),
        )
        for index, output in enumerate(program.outputs)
        if claims[index] or not claimed
    ]


def certain_reference(
    program: Program, output: Output, options: dict[str, Any]
) -> Reference | None:
    """The certain derivatives of an output, where --certain asks for them."""
    if not options["certain"]:
        return None
    module = exact_module("micrograd_cli.checks.certain", "--certain")
    make = module.second_order if options["order"] == "2" else module.first_order
    found: Reference = make(program, output, options["max_bits"])
    return found


def subject_of(program: Program, output: Output, names: list[str], second: bool) -> Subject:
    if not second:
        return OutputSubject(Probe(program, output))
    from micrograd_cli.checks.curvature import HessianSubject

    return HessianSubject(program, output, [name for name in names if name in program.inputs])


def pairs(names: Sequence[str]) -> list[str]:
    """The keys of the second derivatives: the Hessian's upper triangle."""
    return [f"{a},{b}" for i, a in enumerate(names) for b in names[i:]]


def labels(outputs: Sequence[Output]) -> list[str]:
    """What outputs are called: by their names, or numbers; the only one needs neither."""
    if len(outputs) == 1:
        return [""]
    return [output.name or str(number) for number, output in enumerate(outputs, 1)]


def own(source: str, keys: Sequence[str]) -> Claimant:
    """A claimant for the gradient that the subject itself gives."""

    def claim(place: Place) -> Iterator[Claimed]:
        for key in keys:
            if key in place.gradient:
                yield Claimed(source, key, place.gradient[key])

    return claim


def claimants(target: Target, options: dict[str, Any]) -> Claims:
    found = read_claims(target, options["claims"], options["numbers_"])
    if options["expect_file"] is not None:
        read = read_expected(target, options["expect_file"])
        return [a + b for a, b in zip(found, read, strict=True)]
    return found


# --- programs in other languages ------------------------------------------------------------------


def of_command(
    program: Program, names: list[str], options: dict[str, Any], subject: Subject
) -> list[Comparison]:
    """The comparison of a command: of its own gradients, and of all that are claimed of it.

    `program` is the expression beside the command, or has no outputs if there is none.
    """
    if options["order"] == "2" or options["same_as"] is not None:
        option = "--order 2" if options["order"] == "2" else "--same-as"
        raise UsageError(f"{option} does not go with --command")
    if len(program.outputs) > 1:
        raise UsageError(f"the expression has {len(program.outputs)} outputs, the command one")
    (claims,) = claimants(Target(program, [""], names), options)
    if program.outputs:
        claims.append(engine(OutputSubject(Probe(program, program.outputs[0])), names))
    claims.insert(0, own("program", names))
    certain, against = None, "numerical"
    if options["certain"]:
        if not program.outputs:
            raise UsageError("--certain needs an expression beside --command",
                             hint="give the one that the command computes")  # fmt: skip
        certain, against = certain_reference(program, program.outputs[0], options), "certain"
        claims = claims[:-1]  # the expression's own derivatives are what all is compared with
    return [Comparison(None, "", options["command_"], "", subject, claims, against, certain)]


def engine(stated: OutputSubject, keys: Sequence[str]) -> Claimant:
    """A claimant for the gradient of an expression."""

    def claim(place: Place) -> Iterator[Claimed]:
        here = stated.at(place.point)
        for key in keys:
            yield Claimed("expression", key, here.gradient[key], here.blur(key))

    return claim
