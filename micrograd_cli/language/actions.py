"""The functions that make or take arrays, and `grad`, by name: loaded when a program calls one."""

from __future__ import annotations

from micrograd_cli.language.array_functions import ARRAY_FUNCTIONS, ArrayFunction
from micrograd_cli.language.derivatives import grad

ACTIONS = {
    **ARRAY_FUNCTIONS,
    "grad": ArrayFunction(
        "grad", "y, x", "Derivative of y by x, a name or an element; of arrays their Jacobian.",
        "x = 3; grad(x^2, x)", grad,
    ),
}  # fmt: skip
