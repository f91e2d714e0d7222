"""From the values and options of `mgrad uncertainty` to quantities and their correlations."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from math import inf, isfinite, sqrt

from micrograd_cli.commands.uncertain_values import Stated
from micrograd_cli.commands.values import number
from micrograd_cli.errors import UsageError, suggestion
from micrograd_cli.estimation.quantities import (
    DISTRIBUTIONS,
    Measured,
    NotPositiveError,
    Pair,
    Quantity,
)
from micrograd_cli.estimation.student_t import coverage_factor
from micrograd_cli.files.parameters import Matrix, Parameters, Uncertainty, each_element
from micrograd_cli.language.names import assigned, listed, parts
from micrograd_cli.language.program import Program

Given = float | Stated | Quantity


class Options:
    """What options and files say of the inputs, besides their values. Raises UsageError."""

    def __init__(
        self,
        program: Program,
        dofs: Iterable[str],
        distributions: Iterable[str],
        correlations: Iterable[str],
        files: Iterable[tuple[str, Parameters]],
        covariances: Iterable[Matrix],
    ) -> None:
        known = program.inputs
        self.dofs = {name: degrees(text, f"--df {name}")
                     for name, text in pairs(dofs, "--df", "NAME=NUMBER", known)}  # fmt: skip
        self.shapes = dict(pairs(distributions, "--dist", "NAME=SHAPE", known))
        for name, shape in self.shapes.items():
            if shape not in DISTRIBUTIONS:
                hint = suggestion(shape, DISTRIBUTIONS) or f"one of {', '.join(DISTRIBUTIONS)}"
                raise UsageError(f"--dist {name}: there is no distribution '{shape}'", hint=hint)
        self.covariances = list(covariances)
        self.correlations: dict[Pair, float] = {}
        for path, file in files:
            self.correlations |= file.correlations
            for name in () if file.fitted else file.uncertainties:
                check_known(name, known, f"'{path}'")
        for matrix in self.covariances:
            for name in matrix.names:
                check_known(name, known, "--cov")
            self.correlations |= coefficients(matrix)
        self.on_line = read_correlations(correlations, known)
        for a, b in self.on_line:
            self.correlations.pop((b, a), None)
        self.correlations |= self.on_line

    def quantity(self, name: str, given: Given) -> Quantity | None:
        """What is known of an input; None where it is exact. Raises UsageError."""
        shape = self.shapes.get(name, "normal")
        variance = next((m.rows[i][i] for m in self.covariances
                         for i, each in enumerate(m.names) if each == name), None)  # fmt: skip
        if isinstance(given, Stated):
            if variance is not None:
                raise UsageError(f"the uncertainty of '{name}' is given twice: by --cov too")
            dof = self.dofs.get(name, inf)
            return Quantity(given.value, standard(name, given, dof, shape), dof, shape)
        if isinstance(given, Quantity) and variance is None:
            dof = self.dofs.get(name, given.dof)
            return given._replace(dof=dof, distribution=shape)
        value = given.value if isinstance(given, Quantity) else float(given)
        if variance is None:
            return None
        return Quantity(value, sqrt(variance), self.dofs.get(name, inf), shape)

    def require_uncertain(self, known: Collection[str]) -> None:
        """Raise UsageError where something is said of the uncertainty of an exact input."""
        correlated = [name for pair in self.on_line for name in pair]
        said = {"--df": [*self.dofs], "--dist": [*self.shapes], "--corr": correlated}
        for option, names in said.items():
            for name in names:
                if name not in known:
                    raise UsageError(f"{option} {name}: '{name}' has no uncertainty",
                                     hint=f"as in --{name} 2.0±0.1")  # fmt: skip

    def measured(self, numbers: Mapping[str, Given]) -> Measured:
        """The inputs that have an uncertainty. Raises UsageError."""
        found = {name: quantity for name, given in numbers.items()
                 if (quantity := self.quantity(name, given)) is not None}  # fmt: skip
        quantities = {name: quantity for name, quantity in found.items() if quantity.u}
        self.require_uncertain(found)
        if not found:
            name = next(iter(numbers), "a")
            raise UsageError("no input has an uncertainty", hint=f"as in --{name} 2.0±0.1")
        kept = {pair: r for pair, r in self.correlations.items()
                if quantities.keys() >= set(pair) and r}  # fmt: skip
        try:
            return Measured(quantities, kept)
        except NotPositiveError:
            names = ", ".join(dict.fromkeys(x for pair in kept for x in pair))
            raise UsageError(
                f"the correlation matrix of {names} is not positive semidefinite",
                hint="no quantities can be correlated so",
            ) from None


def standard(name: str, given: Stated, dof: float, shape: str) -> float:
    """The standard uncertainty of a stated one: it is expanded, or a half-width, or the thing."""
    if shape != "normal":
        if given.k is not None or given.coverage is not None:
            raise UsageError(f"--dist {name}={shape}: ± is the half-width, without k or @")
        return given.amount / DISTRIBUTIONS[shape].half_width
    if given.coverage is not None:
        return given.amount / coverage_factor(given.coverage, dof)
    return given.amount / (given.k or 1.0)


def from_file(path: str, parameters: Parameters) -> dict[str, Given]:
    """The numbers of a file, those with an uncertainty as quantities. Raises UsageError."""
    found: dict[str, Given] = dict(parameters.numbers)
    for name, value in each_element(parameters.numbers):
        if isinstance(value, float) and not isfinite(value):
            raise UsageError(f"'{path}': the value of '{name}' is {value!r}",
                             hint="a measured value is finite")  # fmt: skip
    for name, (u, dof) in parameters.uncertainties.items():
        found[name] = checked(f"'{path}': ", name, parameters.numbers[name], Uncertainty(u, dof))
    return found


def checked(where: str, name: str, value: float, uncertainty: Uncertainty) -> Quantity:
    u, dof = uncertainty
    if not isfinite(u):
        raise UsageError(f"{where}the uncertainty of '{name}' is {u!r}")
    if u < 0:
        raise UsageError(f"{where}the uncertainty of '{name}' is negative")
    if not dof > 0:
        raise UsageError(f"{where}the degrees of freedom of '{name}' are not positive")
    return Quantity(value, u, dof)


def pairs(
    texts: Iterable[str], option: str, form: str, known: Collection[str]
) -> Iterable[tuple[str, str]]:
    """The names and what is said of them: `V=4,I=5`, once each. Raises UsageError."""
    seen = set()
    for part in (part for text in texts for part in parts(text)):
        name, equal, value = assigned(part.strip())
        if not (equal and name and value.strip()):
            raise UsageError(f"{option} takes {form}, not '{part}'")
        check_known(name, known, option)
        if name in seen:
            raise UsageError(f"{option} gives '{name}' twice")
        seen.add(name)
        yield name, value


def check_known(name: str, known: Collection[str], option: str) -> None:
    if name not in known:
        raise UsageError(f"{option}: '{name}' is not an input of the program",
                         hint=suggestion(name, known))  # fmt: skip


def degrees(text: str, option: str) -> float:
    dof = number(text, option)
    if not dof > 0:
        raise UsageError(f"{option}: degrees of freedom are positive, not {text}")
    return dof


def read_correlations(texts: Iterable[str], known: Collection[str]) -> dict[Pair, float]:
    """The coefficients of `V,I=-0.36`, by pair. Raises UsageError."""
    found: dict[Pair, float] = {}
    for text in texts:
        names, equal, value = text.rpartition("=")
        pair = tuple(listed(names))
        if not equal or len(pair) != 2 or not all(pair):
            raise UsageError(f"--corr takes A,B=NUMBER, not '{text}'")
        a, b = pair
        for name in pair:
            check_known(name, known, "--corr")
        if a == b:
            raise UsageError(f"--corr: '{a}' is always correlated with itself")
        r = number(value, f"--corr {names}")
        if not -1 <= r <= 1:
            raise UsageError(f"--corr {names}: a correlation lies between -1 and 1")
        if (a, b) in found or (b, a) in found:
            raise UsageError(f"--corr gives {a},{b} twice")
        found[a, b] = r
    return found


def coefficients(matrix: Matrix) -> dict[Pair, float]:
    """The correlations of a covariance matrix. Raises UsageError."""
    names, rows = matrix
    for i, name in enumerate(names):
        if not (isfinite(rows[i][i]) and rows[i][i] >= 0):
            raise UsageError(f"--cov: the variance of '{name}' is {rows[i][i]!r}")
    found = {}
    for i in range(len(names)):
        for j in range(i):
            size = sqrt(rows[i][i]) * sqrt(rows[j][j])
            if not abs(rows[i][j]) <= size * (1 + 1e-9):
                raise UsageError("--cov: the matrix is not positive semidefinite: see "
                                 f"{names[j]}, {names[i]}")  # fmt: skip
            found[names[j], names[i]] = max(-1.0, min(1.0, rows[i][j] / size)) if size else 0.0
    return found


def value_of(given: Given) -> float:
    """The value, without its uncertainty."""
    return given if isinstance(given, int | float) else given.value
