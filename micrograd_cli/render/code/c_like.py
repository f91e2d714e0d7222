"""What C, JavaScript and Rust have in common: operators, and the error function that two lack."""

from __future__ import annotations

from collections.abc import Sequence

from micrograd_cli.render.code.body import Body
from micrograd_cli.render.code.forms import Form
from micrograd_cli.render.code.python import described, renamed
from micrograd_cli.render.code.target import commented, folded

CONDITIONS: dict[str, Form] = {
    "<": (4, "$0:5 < $1:5"),
    "<=": (4, "$0:5 <= $1:5"),
    ">": (4, "$0:5 > $1:5"),
    ">=": (4, "$0:5 >= $1:5"),
    "==": (4, "$0:5 == $1:5"),
    "!=": (4, "$0:5 != $1:5"),
    "not": (13, "!$0?:14"),
    "and": (2, "$0?:3 && $1?:3"),
    "or": (1, "$0?:3 || $1?:3"),  # && within || in brackets: compilers warn otherwise
}
OPERATORS: dict[str, Form] = {
    "+": (11, "$0:11 + $1:12"),
    "-": (11, "$0:11 - $1:12"),
    "*": (12, "$0:12*$1:13"),
    "/": (12, "$0:12/$1:13"),
    "neg": (12, "-$0:12"),
    "^2": (12, "$0:13*$0:13"),
    "^3": (12, "$0:13*$0:13*$0:13"),
    "square": (12, "$0:13*$0:13"),
    "sum": (11, "$+"),
    "where": (0, "$0?:1 ? $1:1 : $2"),
    "detach": (16, "$0"),
}


def table(numbers: Sequence[float]) -> str:
    """Coefficients as the lines inside a literal array."""
    text = ", ".join(map(repr, numbers))
    return "\n".join(folded("    ", text, ",", "    "))


def comment(body: Body, returns: str) -> list[str]:
    """The lines of the doc comment: what the function returns, and which input is which."""
    return commented([f"{described(body)}: {returns}.", *renamed(body)])


def statements(body: Body, number: str, truth: str, indent: str = "    ") -> list[str]:
    """The local variables, declared as a number or as a truth value."""
    return [
        line
        for step in body.steps
        for line in folded(
            f"{indent}{truth if step.truth else number} {step.name} = ",
            step.text, ";", f"{indent}    ",
        )
    ]  # fmt: skip
