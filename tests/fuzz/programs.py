"""Programs grown from the grammar, and text and bytes that have been spoilt."""

from hypothesis import strategies as st

from micrograd_cli.ops import FUNCTIONS

NUMBERS = st.sampled_from([
    "0", "1", "2", "3", "-1", "0.5", ".5", "2.", "1e-3", "1e308", "5e-324", "1_000", "1e22", "-0",
    "inf", "nan", "pi", "e", "9007199254740993", "0.1", "1e400", "10", "100",
])  # fmt: skip
SCALARS = ["a", "b", "c", "x", "y", "n", "i", "α", "`t [s]`", "e", "gamma", "size", "input", "for"]
ARRAYS = ["v", "w", "W", "[1, 2, 3]", "[[1, 2], [3, 4]]", "zeros(2, 2)", "range(3)", "eye(2)"]
INFIX = ["+", "-", "*", "/", "%", "^", "**", "@", "<", "<=", "==", "!=", " and ", " or ", "·", "÷"]
CALLS = sorted({*FUNCTIONS, "sum", "prod", "mean", "var", "std", "norm", "dot", "softmax", "len",
                "concat", "transpose", "zeros", "ones", "eye", "range", "linspace", "iterate",
                "fold", "grad", "f", "f'", "f''", "g", "g′", "h"})  # fmt: skip
BOUND = st.sampled_from(["", "0", "1", "-1", "2", "i", "a", "1e9", "-5", "0.5"])
DECLARED = st.lists(
    st.sampled_from([
        "f(x) = x^2 + sin(x)", "g(x) = 1/x", "h(x, y) = x*y - tanh(y)", "a = 2", "b = -3.5",
        "v = [1, 2, 3]", "w = [4, 5, 6]", "W = [[1, 2, 3], [4, 5, 6]]", "input v[3]",
        "input W[2, 3]", "size n = 3", "input w[n]", "input a, b", "u = a*b", "k = grad(a^3*b, a)",
        "m = W @ v", "s = sum(v[i]*w[i] for i in range(3))", "f(q) = grad(q^3, q)", "# nothing",
        "step(s) = s - f(s)/f'(s)", "r = iterate(step, a, 4)", "t = [v[i]^2 for i in range(3)]",
    ]),
    max_size=6,
)  # fmt: skip


def grown(part):
    """Every form of the grammar over the expressions of `part`."""
    clause = st.builds("for {} in {}".format, st.sampled_from(["i", "j", "a"]),
                       st.one_of(st.sampled_from(["range(3)", "range(n)", "v", "range(0)"]), part))  # fmt: skip
    return st.one_of(
        st.builds("{}{}{}".format, part, st.sampled_from(INFIX), part),
        st.builds("{}({})".format, st.sampled_from(["", "-", "+", "not ", "√", "2", "f'"]), part),
        st.builds(
            "{}({})".format, st.sampled_from(CALLS), st.lists(part, max_size=3).map(",".join)
        ),
        st.builds("[{}]".format, st.lists(part, max_size=3).map(", ".join)),
        st.builds("[{} {}]".format, part, clause),
        st.builds("sum({} {} if {})".format, part, clause, part),
        st.builds("{}[{}]".format, part, part),
        st.builds("{}[{}:{}]".format, part, BOUND, BOUND),
        st.builds("grad({}, {})".format, part, st.sampled_from([*SCALARS[:4], "v", "v[0]", "W"])),
        st.builds(
            "iterate({}, {}, {})".format,
            st.sampled_from(["f", "g", "step", "sin"]),
            part,
            st.sampled_from(["0", "1", "3", "n", "-1", "0.5"]),
        ),
        st.builds("fold(h, {}, {})".format, part, part),
        st.builds("{}²".format, part),
    )


ATOMS = st.one_of(st.sampled_from(SCALARS), st.sampled_from(ARRAYS), NUMBERS)
EXPRESSIONS = st.recursive(ATOMS, grown, max_leaves=6)
STATEMENTS = st.one_of(
    EXPRESSIONS,
    st.builds("{} = {}".format, st.sampled_from(["u", "o", "a", "v", "k[0]", "f(x)"]), EXPRESSIONS),
)
PROGRAMS = st.builds(
    lambda declared, rest: "\n".join([*declared, *rest]),
    DECLARED, st.lists(STATEMENTS, min_size=1, max_size=3),
)  # fmt: skip

TOKENS = st.sampled_from([
    "(", ")", "[", "]", ",", ";", "\n", "=", ":", "'", '"', "`", "\\", "#", "\0", "\x1b[31m", "\u202e",
    "\ufeff", "\r", "\t", "é", "e\u0301", "²", "′", "∞", "√", "\U0001f600", "\ud800", "0x10", "1e", "..",
    "for", "if", "in", "and", "not", "input ", "size ", "grad(", "f'", "{", "}", "null", "true", "@", "%",
])  # fmt: skip


@st.composite
def spoilt(draw, texts):
    """A text with up to three places cut, doubled or overwritten; often it is left as it is."""
    text = draw(texts)
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2, 3]))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 4)))
        middle = draw(st.one_of(st.just(""), TOKENS, st.just(text[start:end] * 2)))
        text = text[:start] + middle + text[end:]
    return text


def as_bytes(texts):
    """The bytes of texts; some are cut short, or hold bytes that are no UTF-8."""

    def broken(text, place, piece):
        data = text.encode("utf-8", "surrogatepass")
        place = min(place, len(data))
        return data[:place] + piece + data[place + len(piece) :]

    pieces = st.sampled_from(
        [b"", b"", b"", b"\xff", b"\x00", b"\xc3", b"\r", b"\xef\xbb\xbf", b'"']
    )
    return st.builds(broken, spoilt(texts), st.integers(0, 200), pieces)


SOUND_PROGRAMS = [
    "a*x + b",
    "a*exp(-b*x)",
    "(a - 1)^2 + 100*(b - a^2)^2",
    "a*b",
    "sin(a)/a",
    "log(a) + sqrt(b)",
    "1/(a - 2)",
    "input v[3]\nsum(v^2)",
    "input v[3]\nv*a",
    "input W[2, 3], v[3]\nW @ v",
    "v = [1, 2, 3]\nv[1]*a",
    "f(x) = x^3 - 2*x\nf'(a)",
    "u = a^2*b\ngrad(u, a)",
    "input v[3]\ngrad(sum(v^3), v)",
    "where(a > 1, a, b)",
    "step(s) = s - (s^2 - a)/(2*s)\niterate(step, 1, 5)",
    "sum(a^i for i in range(4))",
    "max(a, b)",
    "a; b; a*b",
    "input v[3]\nv",
    "norm([a, b])",
    "input v[3], w[3]\nsoftmax(v) @ w",
    "abs(a - 2)",
    "a^b",
    "floor(a)*b",
    "detach(a)*b",
    "min(a, b, x)",
    "a",
    "3",
    "[]",
    "a % b",
    "a/0",
    "tan(a)",
    "input W[2, 3]\ntranspose(W) @ W",
    "input v[3]\nsum((a*v[i] - b)^2 for i in range(3))",
    "exp(1000*a)",
    "hypot(a, b)",
    "input a, b\na",
]
