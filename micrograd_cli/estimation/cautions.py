"""Where linear propagation fails, and by how much."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor, inf, isfinite, log10

from micrograd_cli.estimation.estimate import Caution, Estimate
from micrograd_cli.estimation.quantities import Measured
from micrograd_cli.language.program import Output
from micrograd_cli.language.run import Run, bind
from micrograd_cli.numbers import rounded

TOLERABLE = 0.05  # of u
ROUNDING = 1e-9  # of the value
DIGITS = 3


def cautions(
    run: Run, output: Output, measured: Measured, estimate: Estimate
) -> tuple[Caution, ...]:
    """The reasons to doubt an estimate."""
    found = [*of_groups(measured)]
    if not isfinite(estimate.u):
        found.append(Caution("linear", f"u is {estimate.u!r}: a derivative is not finite here"))
    else:
        found += [*of_second_order(estimate)] or [*of_probes(run, output, measured, estimate)]
    return (*found, *of_points(estimate, measured))


def of_groups(measured: Measured) -> Iterator[Caution]:
    """Inputs that are correlated, and were yet not observed together."""
    for group in measured.groups():
        dofs = {measured.quantities[name].dof for name in group}
        if len(dofs) > 1:
            names = ", ".join(group)
            yield Caution("dof", f"{names} are correlated and have different degrees of freedom:"
                                 f" {min(dofs):g}, the fewest, is taken")  # fmt: skip


def of_second_order(estimate: Estimate) -> Iterator[Caution]:
    """What the second order changes."""
    second = estimate.second_order
    if second is None:
        yield Caution("second_order", "the program is too large for the second order;"
                                      " --mc N shows whether linear propagation holds")  # fmt: skip
        return
    if second.u is None or second.value is None:
        yield Caution("linear", "linear propagation fails: the terms of the second order outweigh"
                                " u; use --mc")  # fmt: skip
        return
    size = max(estimate.u, second.u)
    if abs(second.u - estimate.u) > TOLERABLE * size:
        yield Caution("linear", "linear propagation is off: with the second order u is "
                      f"{rounded(second.u, DIGITS)}, not {rounded(estimate.u, DIGITS)}"
                      + percent(second.u, estimate.u))  # fmt: skip
    shift = second.value - estimate.value
    if abs(shift) > TOLERABLE * size:
        yield Caution("bias", f"the mean is off the value by {rounded(shift, DIGITS)}, "
                      f"{rounded(abs(shift) / size, 2)} times u")  # fmt: skip


def percent(x: float, reference: float) -> str:
    return f" ({100 * (x / reference - 1):+.0f} %)" if reference else ""


def of_probes(
    run: Run, output: Output, measured: Measured, estimate: Estimate
) -> Iterator[Caution]:
    """One standard uncertainty away: kinks, edges and what both orders overlook."""
    values = {name: run.value(leaf) for name, leaf in run.program.inputs.items()}
    second = estimate.second_order
    size = max(estimate.u, second.u if second and second.u else 0.0)
    for row in estimate.budget:
        for side in (-1, 1):
            moved = {**values, row.input: row.value + side * row.u}
            there = bind(run.program, moved).value(output.node)
            linear = estimate.value + side * row.sensitivity * row.u
            gap = abs(there - linear)
            if not gap <= 4 * TOLERABLE * size + ROUNDING * abs(estimate.value):
                yield Caution("linear", f"linear propagation fails: at {row.input} = "
                              f"{rounded(moved[row.input], DIGITS)} the output is "
                              f"{rounded(there, DIGITS)}, not {rounded(linear, DIGITS)};"
                              " use --mc")  # fmt: skip
                break


def of_points(estimate: Estimate, measured: Measured) -> Iterator[Caution]:
    """What Monte Carlo says against the linear result, to the first digit of u (JCGM 101, 8.1)."""
    mc = estimate.mc
    if mc is None:
        return
    if mc.lost:
        yield Caution("mc", f"{mc.lost:,} of {mc.draws:,} points gave inf or nan: the result is"
                            " undefined there, and they are left out")  # fmt: skip
    wide = [name for group in measured.groups() if measured.dof(group) <= 2 for name in group
            if measured.quantities[name].distribution == "normal"]  # fmt: skip
    if wide:
        yield Caution("mc", f"the t-distribution of {', '.join(wide)} has no standard deviation:"
                            " of Monte Carlo trust the interval, not u")  # fmt: skip
    if mc.interval is None or mc.symmetric is None or not isfinite(estimate.expanded):
        return
    low, high = estimate.value - estimate.expanded, estimate.value + estimate.expanded
    off = min(max(abs(low - a), abs(high - b)) for a, b in (mc.interval, mc.symmetric))
    tolerance = half_digit(estimate.u)
    noise = 4 * (mc.u or 0.0) / mc.draws**0.5
    if off > tolerance + noise:
        a, b = (near(x, estimate.u or mc.u or 1.0) for x in mc.interval)
        yield Caution("mc", f"Monte Carlo does not confirm the linear interval: its own is"
                            f" [{a}, {b}]")  # fmt: skip


def near(x: float, u: float) -> str:
    """A number to two digits more than the size of u."""
    return rounded(round(x, 2 - floor(log10(u))), 6)


def half_digit(u: float) -> float:
    """Half a unit of the first digit of u."""
    return 0.5 * 10.0 ** (floor(log10(u))) if 0 < u < inf else 0.0
