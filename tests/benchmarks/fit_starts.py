"""Starts that are off: how many of 324 lead to NIST's optimum, beside SciPy from the same starts.

    python tests/benchmarks/fit_starts.py [WIDTH]

Each of the two starts of the 27 problems is perturbed six times: every parameter is multiplied by a
number between 1 - WIDTH and 1 + WIDTH, 0.5 if not given.
"""

from __future__ import annotations

import sys
import tomllib
import warnings
from contextlib import suppress
from pathlib import Path

import numpy as np

from micrograd_cli.estimation.fitting.data import Data
from micrograd_cli.estimation.fitting.fit import Task, fit
from micrograd_cli.estimation.fitting.model import Model, Residuals
from micrograd_cli.estimation.fitting.trust_region import Box
from micrograd_cli.estimation.shares import Here
from micrograd_cli.language.reading import parse

NIST = Path(__file__).parent.parent / "nist"
TIMES = 6


def main() -> None:
    from scipy.optimize import curve_fit, least_squares

    warnings.simplefilter("ignore")
    width = float(sys.argv[1]) if len(sys.argv) > 1 else 0.5
    random = np.random.default_rng(1)
    reached = np.zeros(3, int)
    for name, problem in tomllib.loads((NIST / "problems.toml").read_text()).items():
        header, *rows = [line.split(",") for line in (NIST / f"{name}.csv").read_text().split()]
        given = dict(zip(header, np.array(rows, float).T, strict=True))
        y = given.pop("y")
        target = np.log(y) if problem["target"] == "log(y)" else y
        names = list(problem["certified"])
        model = Model(parse(problem["model"]), names, {})
        residuals = Residuals(model, Data(given, [target], [None]))
        whole = slice(0, len(target))
        limit = float(problem["rss"]) * (1 + 1e-6) + 1e-20
        box = Box(np.full(len(names), -np.inf), np.full(len(names), np.inf))

        def r(x: np.ndarray) -> np.ndarray:
            return residuals.rows(x, whole)[:, -1]  # noqa: B023

        def mgrad(x: np.ndarray) -> float:
            return fit(Task(model, Here(residuals.data), [x], box, {})).rss  # noqa: B023

        def marquardt(x: np.ndarray) -> float:
            found = least_squares(
                r, x, jac=lambda x: residuals.rows(x, whole)[:, :-1], method="lm",  # noqa: B023
                x_scale="jac", xtol=1e-15, ftol=1e-15, gtol=1e-15,
            )  # fmt: skip
            return 2 * float(found.cost)

        def curves(x: np.ndarray) -> float:
            zero = np.zeros(whole.stop)  # noqa: B023
            found, _ = curve_fit(lambda _, *p: r(np.array(p)), zero, zero, p0=x)
            return float(np.sum(r(found) ** 2))

        here = np.zeros(3, int)
        for start in problem["starts"]:
            for _ in range(TIMES):
                x = np.array([float(each) for each in start.values()])
                x *= 1 + width * random.uniform(-1, 1, len(x))
                for i, method in enumerate((mgrad, marquardt, curves)):
                    with suppress(ValueError, RuntimeError, np.linalg.LinAlgError):
                        here[i] += method(x) <= limit
        reached += here
        print(f"{name:10}", *here)
    print("mgrad, least_squares(method='lm'), curve_fit:", *reached)


if __name__ == "__main__":
    main()
