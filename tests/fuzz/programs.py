"""Programs grown from the grammar, and text and bytes that have been spoilt.

Everything is drawn from a `random.Random`: the same seed gives the same program.
"""

from micrograd_cli.ops import FUNCTIONS

NUMBERS = [
    "0", "1", "2", "3", "-1", "0.5", ".5", "2.", "1e-3", "1e308", "5e-324", "1_000", "1e22", "-0",
    "inf", "nan", "pi", "e", "9007199254740993", "0.1", "1e400", "10", "100",
]  # fmt: skip
SCALARS = ["a", "b", "c", "x", "y", "n", "i", "α", "`t [s]`", "e", "gamma", "size", "input", "for"]
ARRAYS = ["v", "w", "W", "[1, 2, 3]", "[[1, 2], [3, 4]]", "zeros(2, 2)", "range(3)", "eye(2)"]
INFIX = ["+", "-", "*", "/", "%", "^", "**", "@", "<", "<=", "==", "!=", " and ", " or ", "·", "÷"]
CALLS = sorted({*FUNCTIONS, "sum", "prod", "mean", "var", "std", "norm", "dot", "softmax", "len",
                "concat", "transpose", "zeros", "ones", "eye", "range", "linspace", "iterate",
                "fold", "grad", "f", "f'", "f''", "g", "g′", "h"})  # fmt: skip
SIGNS = ["", "-", "+", "not ", "√", "2", "f'"]
BOUNDS = ["", "0", "1", "-1", "2", "i", "a", "1e9", "-5", "0.5"]
DECLARATIONS = [
    "f(x) = x^2 + sin(x)", "g(x) = 1/x", "h(x, y) = x*y - tanh(y)", "a = 2", "b = -3.5",
    "v = [1, 2, 3]", "w = [4, 5, 6]", "W = [[1, 2, 3], [4, 5, 6]]", "input v[3]",
    "input W[2, 3]", "size n = 3", "input w[n]", "input a, b", "u = a*b", "k = grad(a^3*b, a)",
    "m = W @ v", "s = sum(v[i]*w[i] for i in range(3))", "f(q) = grad(q^3, q)", "# nothing",
    "step(s) = s - f(s)/f'(s)", "r = iterate(step, a, 4)", "t = [v[i]^2 for i in range(3)]",
]  # fmt: skip
TOKENS = [
    "(", ")", "[", "]", ",", ";", "\n", "=", ":", "'", '"', "`", "\\", "#", "\0", "\x1b[31m", "\u202e",
    "\ufeff", "\r", "\t", "é", "e\u0301", "²", "′", "∞", "√", "\U0001f600", "\ud800", "0x10", "1e", "..",
    "for", "if", "in", "and", "not", "input ", "size ", "grad(", "f'", "{", "}", "null", "true", "@", "%",
]  # fmt: skip


# --- any program that the grammar allows, with sense or without ----------------------------------


def atom(r):
    """A name, an array or a number."""
    return r.choice(r.choice([SCALARS, ARRAYS, NUMBERS]))


def clause(r, depth):
    within = r.choice(["range(3)", "range(n)", "v", "range(0)", wild(r, depth)])
    return f"for {r.choice('ija')} in {within}"


FORMS = [
    lambda r, d: f"{wild(r, d)}{r.choice(INFIX)}{wild(r, d)}",
    lambda r, d: f"{wild(r, d)}{r.choice(INFIX)}{wild(r, d)}",
    lambda r, d: f"{r.choice(SIGNS)}({wild(r, d)})",
    lambda r, d: f"{r.choice(CALLS)}({', '.join(wild(r, d) for _ in range(r.randrange(4)))})",
    lambda r, d: f"{r.choice(CALLS)}({', '.join(wild(r, d) for _ in range(r.randrange(1, 3)))})",
    lambda r, d: f"[{', '.join(wild(r, d) for _ in range(r.randrange(4)))}]",
    lambda r, d: f"[{wild(r, d)} {clause(r, d)}]",
    lambda r, d: f"sum({wild(r, d)} {clause(r, d)} if {wild(r, d)})",
    lambda r, d: f"{wild(r, d)}[{wild(r, d)}]",
    lambda r, d: f"{wild(r, d)}[{r.choice(BOUNDS)}:{r.choice(BOUNDS)}]",
    lambda r, d: f"grad({wild(r, d)}, {r.choice([*SCALARS[:4], 'v', 'v[0]', 'W'])})",
    lambda r, d: f"iterate({r.choice(['f', 'g', 'step', 'sin'])}, {wild(r, d)}, {r.choice('013n')})",
    lambda r, d: f"fold(h, {wild(r, d)}, {wild(r, d)})",
    lambda r, d: f"{wild(r, d)}²",
]  # fmt: skip


def wild(r, depth):
    """Any expression of the grammar."""
    return atom(r) if depth <= 0 or r.random() < 0.2 else r.choice(FORMS)(r, depth - 1)


def wild_program(r):
    """Any program: declarations, then expressions and assignments."""
    lines = r.sample(DECLARATIONS, r.randrange(6))
    for _ in range(r.randrange(1, 4)):
        name = r.choice(["", "", "u = ", "o = ", "a = ", "v = ", "k[0] = ", "f(x) = "])
        lines.append(name + wild(r, r.randrange(4)))
    return "\n".join(lines)


# --- programs that mean something ----------------------------------------------------------------

ONE = sorted(name for name, op in FUNCTIONS.items() if op.arity == (1, 1))
TWO = sorted(name for name, op in FUNCTIONS.items() if op.arity == (2, 2))
SEVERAL = ["min", "max", "sum", "mean", "hypot", "logsumexp"]
REDUCTIONS = ["sum", "mean", "max", "min", "prod", "hypot", "logsumexp", "var", "std", "norm"]
ARITHMETIC = ["+", "-", "*", "/", "^", "%"]
LITERALS = ["2", "3", "0.5", "1e-3", "-1", "0", "pi", "100", "1e22", "1e308", "5e-324", "inf"]


def scalar(r, depth, names):
    """A scalar expression of the inputs `names`; `v` is an array of three, `W` one of two by three."""
    if depth <= 0 or r.random() < 0.12:
        return r.choice(names) if r.random() < 0.75 else r.choice(LITERALS)

    def part():
        return scalar(r, depth - 1, names)

    form = r.randrange(12)
    if form < 5:
        return f"({part()} {r.choice(ARITHMETIC)} {part()})"
    if form < 8:
        return f"{r.choice(ONE)}({part()})"
    if form == 8:
        return f"{r.choice(TWO)}({part()}, {part()})"
    if form == 9:
        return f"{r.choice(SEVERAL)}({part()}, {part()}, {part()})"
    if form == 10:
        return r.choice([f"where({part()} < {part()}, {part()}, {part()})", f"clamp({part()}, -1, 2)",
                         f"detach({part()})", f"-{part()}", f"{part()}²", f"f({part()})",
                         f"f'({part()})"])  # fmt: skip
    return f"{r.choice(REDUCTIONS)}({vector(r, depth - 1, names)})"


def vector(r, depth, names):
    """An array of three."""
    if depth <= 0 or r.random() < 0.3:
        return r.choice(["v", "v", "[1, 2, 3]", "range(3)", "W[0]", "W[1, :]"])
    form = r.randrange(5)
    if form == 0:
        return (
            f"({vector(r, depth - 1, names)} {r.choice(ARITHMETIC)} {vector(r, depth - 1, names)})"
        )
    if form == 1:
        return f"{r.choice(ONE)}({vector(r, depth - 1, names)})"
    if form == 2:
        return f"({vector(r, depth - 1, names)} * {scalar(r, depth - 1, names)})"
    if form == 3:
        return f"[{scalar(r, depth - 1, names)}*v[k]^k for k in range(3)]"
    return f"softmax({vector(r, depth - 1, names)})"


def sound(r, single=False):
    """A program that parses, over a few scalar inputs and perhaps the arrays v and W."""
    names = r.sample(["a", "b", "c", "x", "y", "α", "`t [s]`", "gamma"], r.randrange(1, 4))
    body = scalar(r, r.choice([1, 2, 2, 3, 4]), names)
    if r.random() < 0.1 and not single:
        body = vector(r, 2, names)
    if r.random() < 0.15 and not single:
        body += f"\n{scalar(r, 2, names)}"
    if r.random() < 0.1:
        body = f"u = {body.partition(chr(10))[0]}\ngrad(u*{names[0]}, {names[0]})"
    lines = []
    if "f(" in body or "f'(" in body:
        lines.append("f(q) = q^3 - sin(q)")
    if "v" in body.replace("var", ""):
        lines.append(r.choice(["input v[3]", "input v[3]", "v = [1, 2, 3]"]))
    if "W" in body:
        lines.append("input W[2, 3]")
    if r.random() < 0.1:
        lines.append(f"{names[0]} = 0.5")
    return "\n".join([*lines, body])


MODELS = ["a*x + b", "a*exp(-b*x)", "a*x^2 + b*x + c", "a*sin(b*x + c)", "a/(1 + exp(-b*(x - c)))",
          "input v[3]\nv[0] + v[1]*x + v[2]*x^2", "a", "a*x^b", "a*b*x", "a + 0*x", "max(a*x, b)"]  # fmt: skip


def program(r, models=(), single=False):
    """A program: mostly sound; if there are `models`, then often one of them; `single` of one output."""
    if models and r.random() < 0.8:
        return r.choice(models)
    chance = r.random()
    if chance < 0.25:
        return r.choice(SOUND_PROGRAMS)
    if chance < 0.85:
        return sound(r, single)
    if chance < 0.9:
        return spoilt(r, sound(r), 3)
    return spoilt(r, wild_program(r), r.choice([0, 0, 1, 3]))


# --- spoilt --------------------------------------------------------------------------------------


def spoilt(r, text, most=2):
    """A text with up to `most` places cut, doubled or overwritten."""
    for _ in range(r.randint(0, most)):
        start = r.randint(0, len(text))
        end = min(len(text), start + r.randrange(5))
        middle = r.choice(["", r.choice(TOKENS), text[start:end] * 2])
        text = text[:start] + middle + text[end:]
    return text


PIECES = [b"\xff", b"\x00", b"\xc3", b"\r", b"\xef\xbb\xbf", b'"', b"\n", b"", b"\xff\xff\xff\x7f"]


def spoilt_bytes(r, data):
    """Bytes with some cut off, flipped, doubled or overwritten."""
    for _ in range(r.choice([1, 1, 2, 5])):
        place = r.randint(0, len(data))
        before, after = data[:place], data[place:]
        data = [
            before,
            before + r.choice(PIECES) + after[r.randrange(4) :],
            before + bytes([r.randrange(256)]) + after[1:],
            before + before[-r.randrange(40) :] + after,
        ][r.randrange(4)]
    return data


def as_bytes(r, text, chance=0.1):
    """The bytes of a text, now and then spoilt."""
    data = text.encode("utf-8", "surrogatepass")
    return spoilt_bytes(r, data) if r.random() < chance else data


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
