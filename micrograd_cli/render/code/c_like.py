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

# exp(x²)·erfc(x)·(1 + 2x) for x >= 0 as a polynomial in (x - 3)/(x + 3), and erf(x)/x for |x| <= 1
# as one in x²: those of algebra/column.py, which tests compare.
SCALED_ERFC = (
    1.2530080582697296, -0.1356211061245812, -0.04756229435344912, 0.12964515870276316,
    -0.11927366341538978, 0.06830802734389313, -0.023770514917107986, 0.0025293918173706497,
    0.0018886903443894542, -0.0007798322831260387, -0.00010515971612176149, 0.00012509940933306624,
    4.9491841822760595e-06, -2.0100759037808868e-05, -7.307985940695533e-07, 3.4728430145951757e-06,
    3.5571413343392604e-07, -6.172971639709691e-07, -1.404277272766819e-07, 1.0252159854737824e-07,
    4.103167472284951e-08, -1.3744637271643274e-08, -8.205287217537847e-09, 1.1435382720059696e-09,
    8.373239801893963e-10, -2.5208846561219552e-11,
)  # fmt: skip
ERF = (
    1.1283791670955126, -0.37612638903183754, 0.11283791670955126, -0.026866170645131218,
    0.005223977625441674, -0.0008548327023403001, 0.00012055332978879483, -1.4925650236967501e-05,
    1.6462110782018636e-06, -1.636576864883207e-07, 1.4806027146128752e-08, -1.2277734486795524e-09,
    9.323723518153027e-11, -6.1967364287877e-12, 2.8067128195611264e-13,
)  # fmt: skip


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
