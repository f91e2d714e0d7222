"""Verdicts on gradients: what is claimed, what it is compared with, and whether they agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import inf, isfinite, isnan, nan
from types import MappingProxyType
from typing import NamedTuple, Protocol

from micrograd_cli.checks.numerical import Estimate, Sample
from micrograd_cli.checks.obstacles import Reason
from micrograd_cli.language.arrays import Shape
from micrograd_cli.numbers import UNDECIDED

VERDICTS = ("passed", "inconclusive", "failed")  # the better first
VALUE = "(value)"  # the key of the value itself, which is no input's name
SURE = 1000.0  # a numerical derivative that is good to so many tolerances refutes a nan


class Tolerance(NamedTuple):
    """How far two numbers may lie apart: atol + rtol * max(|a|, |b|)."""

    atol: float = 1e-8
    rtol: float = 1e-6

    def of(self, a: float, b: float = 0.0) -> float:
        """The tolerance for two numbers."""
        return self.atol + self.rtol * max(abs(a), abs(b))


class Claimed(NamedTuple):
    """A number that is said to be a derivative, and a bound on its rounding error."""

    source: str  # engine, program, expression, claim, expect, expect-file, same-as
    key: str  # the input; two for a second derivative: `a,b`
    value: float
    noise: float = 0.0


class Place(Protocol):
    """A function at a point, and along lines through it."""

    point: dict[str, float]
    value: float
    noise: float  # a bound on the value's rounding error
    gradient: dict[str, float]

    def named(self) -> dict[str, float]: ...

    def estimate(self, key: str, goal: Callable[[float], float], thorough: bool) -> Estimate: ...

    def overflow(self, key: str) -> Sample | None: ...

    def reason(self, key: str, estimate: Estimate) -> Reason: ...

    def convention(self, key: str) -> Reason | None: ...

    def blur(self, key: str) -> float: ...


class Subject(Protocol):
    """A function: a program's output, or a program in another language."""

    def at(self, point: dict[str, float]) -> Place: ...


Reference = Callable[[Mapping[str, float]], Mapping[str, str]]  # certain numbers at a point, by key
Claimant = Callable[[Place], Iterable[Claimed]]  # what is claimed at a place


class Check(NamedTuple):
    """One derivative, at the point where it came off worst.

    `numerical` is what `analytic` is compared with: the numerical derivative, or, `against` says
    which, the engine's gradient or the certain one. `counts` are the points by verdict.
    """

    source: str
    against: str
    input: str
    analytic: float
    numerical: float
    error: float
    difference: float
    tolerance: float
    verdict: str
    reason: Reason | None
    point: dict[str, float]
    counts: dict[str, int]

    @property
    def rank(self) -> tuple[int, float]:
        """What orders checks, the worst last."""
        excess = self.difference / self.tolerance if self.tolerance else inf
        return VERDICTS.index(self.verdict), inf if isnan(excess) else excess


Explainer = Callable[[Check, Sequence[Check]], Check]


def unexplained(check: Check, checks: Sequence[Check]) -> Check:
    return check


class CheckReport(NamedTuple):
    """What was found about one output. `seed` is None where the point was given."""

    output: str | None
    prefix: str  # the output's name, or its number if it has none; empty for the only one
    expr: str
    text: str  # what the spans of the reasons refer to
    points: int
    seed: int | None
    checks: list[Check]
    options: dict[str, str]  # how each input is given on a command line: `--a `, `--let help=`
    arrays: Mapping[str, Shape] = MappingProxyType({})

    @property
    def verdict(self) -> str:
        """The worst verdict of all."""
        return max((check.verdict for check in self.checks), key=VERDICTS.index)

    def label(self, check: Check) -> str:
        """What is checked: `a`, or of one of several outputs `o.a`."""
        return f"{self.prefix}.{check.input}" if self.prefix else check.input

    def title(self, check: Check) -> str:
        """The label, with the source of a number that is not the engine's."""
        source = "" if check.source == "engine" else f" ({check.source})"
        return f"{self.label(check)}{source}"

    def bindings(self, check: Check) -> str:
        """The point of a check as it is written on a command line."""
        return " ".join(f"{self.options[name]}{x!r}" for name, x in check.point.items())


def check(
    subject: Subject,
    claimants: Sequence[Claimant],
    points: Iterable[dict[str, float]],
    tolerance: Tolerance,
    against: str = "numerical",
    certain: Reference | None = None,
) -> Iterator[list[Check]]:
    """The checks of each point: of every claimed number against the numerical derivative.

    `against="engine"` compares with the subject's own gradient instead, and `certain` gives numbers
    that need no error bar.
    """
    for point in points:
        place = subject.at(point)
        known = None if certain is None else certain(place.point)
        claims = [claimed for claimant in claimants for claimed in claimant(place)]
        yield [examine(place, claimed, tolerance, against, known) for claimed in claims]


def worst(found: Iterable[list[Check]], explained: Explainer = unexplained) -> list[Check]:
    """Of each derivative the check where it came off worst, with the counts of all.

    `explained` completes it by what its checks at all points tell.
    """
    kept: dict[tuple[str, str], Check] = {}
    every: dict[tuple[str, str], list[Check]] = {}
    for checks in found:
        for each in checks:
            every.setdefault((each.source, each.input), []).append(each)
            before = kept.setdefault((each.source, each.input), each)
            counts = before.counts
            counts[each.verdict] += 1
            if each.rank > before.rank:
                kept[each.source, each.input] = each._replace(counts=counts)
    return [explained(each, every[key]) for key, each in kept.items()]


def examine(
    place: Place,
    claimed: Claimed,
    tolerance: Tolerance,
    against: str,
    known: Mapping[str, str] | None = None,
) -> Check:
    """The check of one number at a place."""
    for thorough in (False, True):
        if known is None or claimed.key not in known:
            found = reference(place, claimed, tolerance, against, thorough)
        else:
            found = certain_estimate(place, claimed.key, known)
        verdict = judge(claimed.value, found, tolerance)
        if verdict == "passed" or found.obstacle:
            break
    return Check(
        claimed.source,
        against,
        claimed.key,
        claimed.value,
        found.value,
        found.error,
        0.0 if claimed.value == found.value else abs(claimed.value - found.value),
        tolerance.of(claimed.value, found.value),
        verdict,
        explain(place, claimed, found, verdict, against),
        place.point,
        dict.fromkeys(VERDICTS, 0),
    )


def reference(
    place: Place, claimed: Claimed, tolerance: Tolerance, against: str, thorough: bool
) -> Estimate:
    """What a number is compared with. The error bar holds the number's own rounding error too."""
    if claimed.key == VALUE:
        return Estimate(place.value, place.noise + claimed.noise)
    if against == "engine":
        found = Estimate(place.gradient[claimed.key], 0.0)
    else:
        found = place.estimate(claimed.key, lambda x: 0.1 * tolerance.of(x), thorough)
        witness = None if isfinite(claimed.value) else place.overflow(claimed.key)
        if witness:  # where a value overflows on the way, a gradient of nan is no fault
            found = found._replace(obstacle="nonfinite", witness=witness)
    noise = claimed.noise + (place.blur(claimed.key) if thorough else 0.0)
    return found._replace(error=found.error + noise)


def certain_estimate(place: Place, key: str, known: Mapping[str, str]) -> Estimate:
    """A number without an error bar; where it is undecided, or a convention's, that is told."""
    if known[key] == UNDECIDED:
        return Estimate(nan, inf, UNDECIDED)
    at_kink = key != VALUE and place.convention(key) is not None
    return Estimate(float(known[key]), inf if at_kink else 0.0, "kink" if at_kink else "")


def judge(analytic: float, found: Estimate, tolerance: Tolerance) -> str:
    """Passed, failed or inconclusive.

    What is known no better than to more than the tolerance confirms nothing: the error bar at a
    kink reaches from slope to slope. An estimate that is one-sided tells nothing.
    """
    if found.obstacle in ("edge", "nonfinite", UNDECIDED):
        return "inconclusive"
    if not isfinite(found.value):  # both may be inf where two programs are compared
        return "passed" if analytic == found.value else "inconclusive"
    allowed = tolerance.of(analytic, found.value)
    if not isfinite(analytic):
        sure = not found.obstacle and found.error <= SURE * tolerance.of(found.value)
        return "failed" if sure else "inconclusive"
    difference = abs(analytic - found.value)
    if difference <= allowed:
        return "inconclusive" if found.error > allowed else "passed"
    return "failed" if found.error < difference else "inconclusive"


def explain(
    place: Place, claimed: Claimed, found: Estimate, verdict: str, against: str
) -> Reason | None:
    """Why a number has not passed, where more can be said than that it is off."""
    if verdict == "passed":
        return None
    if found.obstacle:
        return place.reason(claimed.key, found)
    convention = None if claimed.key == VALUE else place.convention(claimed.key)
    for number in (found.value, claimed.value):
        if not isfinite(number):
            what = "the value" if claimed.key == VALUE else "the derivative"
            return convention or Reason("nonfinite", f"{what} is {number!r}")
    if verdict == "inconclusive":
        return place.reason(claimed.key, found)
    return convention if against == "engine" else None
