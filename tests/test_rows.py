"""One row is one row: an operation that is only added to the table works everywhere at once."""

import json
import math
import random
from functools import partial

import pytest
from graphs import application, computed, inputs
from mpmath import mp
from test_code import RUN, Case, differentiated, executed, function, points, same
from test_ops import CASES, ROWS

from micrograd_cli.algebra.scalar import FLOAT
from micrograd_cli.algebra.vocabulary import PRIMITIVES
from micrograd_cli.commands import run
from micrograd_cli.engine import evaluate
from micrograd_cli.language.reading import parse
from micrograd_cli.ops import FUNCTIONS, OPS, Op
from micrograd_cli.render.code import TARGETS, emit, language
from micrograd_cli.render.code.module import complete, module_text
from micrograd_cli.render.code.rules import Verbatim, rule

# --- rows that are only added -----------------------------------------------------------------------


def softened(m, x, y):
    """The logarithm of exp(x) + exp(y)."""
    below = m.where(m.gt(x, y), y - x, x - y)
    return m.where(m.gt(x, y), x, y) + m.log1p(m.exp(below))


NEW = (
    Op("cot", lambda m, x: m.cos(x) / m.sin(x), lambda m, y, x: (-(1 + y**2),),
       "Cotangent.", "cot(1)", (0.7,)),
    Op("lse2", softened, lambda m, z, x, y: (m.sigmoid(x - y), m.sigmoid(y - x)),
       "log(exp(x) + exp(y)).", "lse2(0, 0)", (1.0, 2.0), "x, y"),
    Op("rms", lambda m, *x: m.sqrt(m.sum(*[each * each for each in x]) / len(x)),
       lambda m, y, *x: tuple(each / (len(x) * y) for each in x),
       "Root of the mean of the squares.", "rms(1, 7)", (1.0, 2.0, 3.0), "x, ..."),
    Op("tilt", lambda m, x: m.number("0.3") * x + m.ratio(1, 3) * m.sin(x),
       lambda m, y, x: (m.number("0.3") + m.ratio(1, 3) * m.cos(x),),
       "A slope that waves.", "tilt(1)", (0.7,)),
)  # fmt: skip
TRUE = {
    "cot": lambda x: mp.cot(x),
    "lse2": lambda x, y: mp.log(mp.exp(x) + mp.exp(y)),
    "rms": lambda *x: mp.sqrt(mp.fsum(each * each for each in x) / len(x)),
    "tilt": lambda x: mp.mpf("0.3") * x + mp.sin(x) / 3,
}
CALLS = {
    "cot(a)": lambda a, b: TRUE["cot"](a),
    "lse2(a, b)": TRUE["lse2"],
    "rms(a, b, 2)": lambda a, b: TRUE["rms"](a, b, 2),
    "tilt(a*b)": lambda a, b: TRUE["tilt"](a * b),
}
A, B = 0.7, 1.9
ALL = "cot(cot)*lse2(cot, b)^2 - rms(cot, b, 2, cot*b)/tilt(b) + rms(b) + lse2(3, cot)"  # two cots


def all_of_them(a, b):
    cot, lse2, rms, tilt = TRUE.values()
    return cot(a) * lse2(a, b) ** 2 - rms(a, b, 2, a * b) / tilt(b) + rms(b) + lse2(3, a)


def derivative(call, by, order=1):
    with mp.workdps(40):
        at = tuple(mp.mpf(x) for x in (A, B))
        return float(mp.diff(call, at, tuple(order if name == by else 0 for name in "ab")))


@pytest.fixture(autouse=True)
def rows(monkeypatch):
    for op in NEW:
        monkeypatch.setitem(OPS, op.name, op)
        monkeypatch.setitem(FUNCTIONS, op.name, op)


@pytest.fixture
def mgrad(capsys):
    """Run a command in this process: what it prints."""

    def call(*words):
        status = run([str(word) for word in words])
        out, err = capsys.readouterr()
        assert status == 0, words
        assert not err or "of one number" in err, words
        return out

    return call


def bindings(text):
    numbers = {"a": A, "b": B}
    return [word for name in parse(text).inputs for word in (f"--{name}", numbers[name])]


@pytest.mark.parametrize("text", CALLS)
def test_eval(mgrad, text):
    found = json.loads(mgrad("eval", text, *bindings(text), "--format", "json"))
    assert same(found["value"], float(CALLS[text](A, B)), 1e-14)
    for name, slope in found["grad"].items():
        assert same(slope, derivative(CALLS[text], name), 1e-13)


@pytest.mark.parametrize("text", CALLS)
def test_explain_and_graph(mgrad, text):
    name = text.split("(")[0]
    assert f"{name}(" in mgrad("explain", text, *bindings(text))
    assert name in mgrad("graph", text, *bindings(text))
    assert name in mgrad("graph", text, "--format", "dot")


@pytest.mark.parametrize("text", CALLS)
def test_check(mgrad, text):
    mgrad("check", text, *bindings(text))
    mgrad("check", text, *bindings(text), "--order", 2)


@pytest.mark.parametrize("text", CALLS)
def test_matrices(mgrad, text):
    first = json.loads(mgrad("jacobian", text, *bindings(text), "--format", "json"))
    second = json.loads(mgrad("hessian", text, *bindings(text), "--format", "json"))
    assert str(derivative(CALLS[text], "a"))[:12] in json.dumps(first)
    assert str(derivative(CALLS[text], "a", 2))[:12] in json.dumps(second)


@pytest.mark.parametrize("text", CALLS)
def test_diff_goes_back_in(mgrad, text):
    program = mgrad("diff", text, "--wrt", "a").strip()
    found = json.loads(mgrad("eval", program, *bindings(program), "--format", "json"))
    assert same(found["value"], derivative(CALLS[text], "a"), 1e-13)


@pytest.mark.parametrize("text", CALLS)
def test_map(mgrad, text, tmp_path):
    table = tmp_path / "points.csv"
    table.write_text(f"a,b\n{A},{B}\n{B},{A}\n")
    lines = mgrad("map", text, table, "--to", "jsonl").splitlines()
    first, second = map(json.loads, lines)
    assert same(first["value"], float(CALLS[text](A, B)), 1e-14)
    assert same(second["value"], float(CALLS[text](B, A)), 1e-14)
    assert same(first["d_a"], derivative(CALLS[text], "a"), 1e-13)


@pytest.mark.parametrize("op", NEW, ids=lambda op: op.name)
def test_functions(mgrad, op):
    assert op.help in mgrad("functions", op.name)
    listed = {row["name"]: row for row in json.loads(mgrad("functions", "--format", "json"))}
    assert listed[op.name]["signature"] == op.signature


# --- their code -------------------------------------------------------------------------------------


def wanted(by=""):
    return derivative(all_of_them, by) if by else float(all_of_them(mp.mpf(A), mp.mpf(B)))


class Printed(Case):
    """A function that `mgrad diff --to` printed, of the inputs cot and b, at one point."""

    @property
    def wanted(self):
        return [[wanted(), wanted("a"), wanted("b")]]


@pytest.mark.parametrize("target", RUN)
def test_code_of_new_rows_runs(mgrad, target, tmp_path):
    case = Printed(differentiated(ALL), [[A, B]])
    found = RUN[target](mgrad("diff", ALL, "--to", target), [case], tmp_path)
    for got, right in zip(found[0][0], case.wanted[0], strict=True):
        assert same(got, right, 1e-13)


def test_formulas_of_new_rows(mgrad):
    sympy = pytest.importorskip("sympy")
    scope = executed(mgrad("diff", ALL, "--to", "sympy"))
    at = {symbol: A if str(symbol) == "cot" else B for symbol in scope["value"].free_symbols}
    for label, right in (("value", wanted()), ("d_cot", wanted("a")), ("d_b", wanted("b"))):
        assert same(float(sympy.sympify(scope[label]).subs(at)), right, 1e-12)
    shown = mgrad("diff", "cot(a)/lse2(a, b) + rms(a, b)", "--order", 0, "--to", "latex")
    assert r"\frac{\operatorname{cot}(a)}{\operatorname{lse2}(a, b)}" in shown
    assert r"\operatorname{rms}(a, b)" in shown


HELPERS = {
    "python": """
def cot(x):
    return divide(cos(x), sin(x))
""",
    "numpy": """
def cot(x):
    x = np.asarray(x, dtype=float)
    return np.cos(x)/np.sin(x)
""",
    "c": """
static double cot(double x)
{
    return cos(x)/sin(x);
}
""",
    "javascript": """
function cot(x) {
  return Math.cos(x)/Math.sin(x);
}
""",
    "rust": """
fn cot(x: f64) -> f64 {
    f64::cos(x)/f64::sin(x)
}
""",
    "sympy": """
def cot(x):
    return cos(x)/sin(x)
""",
}


@pytest.mark.parametrize("target", HELPERS)
def test_a_helper_is_the_rule_in_that_language(mgrad, target):
    shown = mgrad("diff", "cot(a)*cot(2*a)", "--order", 0, "--to", target)
    assert shown.count(HELPERS[target].lstrip("\n")) == 1
    assert "cot(a)*cot(2*a)" in shown or "cot(a)*cot(2.0*a)" in shown


def test_a_variadic_row_has_one_helper_for_each_number_of_arguments(mgrad):
    shown = mgrad("diff", "rms(a, b) + rms(b, a) + rms(a)", "--order", 0, "--to", "c")
    assert "return rms_2(a, b) + rms_2(b, a) + rms_1(a);" in shown
    assert shown.count("static double rms_2(double x1, double x2)") == 1


@pytest.mark.parametrize("target", RUN)
def test_a_helper_takes_numbers_that_the_language_would_raise_for(monkeypatch, target, tmp_path):
    op = Op("inverse_square", lambda m, x: 1 / x**2, lambda m, y, x: (-2 * y / x,), near=(2.0,))
    monkeypatch.setitem(OPS, op.name, op)
    monkeypatch.setitem(FUNCTIONS, op.name, op)
    text = "inverse_square(0)*x + inverse_square(1e300) + inverse_square(-2)"
    case = Case(differentiated(text, order=0), [[0.5], [-0.5], [math.inf]])
    found = RUN[target](emit(target, *case.function), [case], tmp_path)
    assert found[0] == case.wanted


NAMED_LIKE = ["gamma", "j0", "abs_", "any", "f", "divide", "lesser", "x", "t1", "value", "e", "np",
              "math", "class", "fn", "PI", "rint", "index", "Math", "symbols"]  # fmt: skip


@pytest.mark.parametrize("target", [*RUN, "sympy"])
def test_a_row_may_be_called_anything(monkeypatch, target, tmp_path):
    """A helper's name is no reserved word, no function of the language, no name of an input."""
    ops = [Op(name, lambda m, x, i=i: i * x + m.sin(x), lambda m, y, x: (1,), near=(0.7,))
           for i, name in enumerate(NAMED_LIKE, 1)]  # fmt: skip
    for op in ops:
        monkeypatch.setitem(OPS, op.name, op)
        monkeypatch.setitem(FUNCTIONS, op.name, op)
    text = "input " + ", ".join(NAMED_LIKE) + "\n"
    text += " + ".join(f"{name}({name})" for name in NAMED_LIKE) + " + min(max(x, 1), abs(f), 2/e)"
    case = Case(differentiated(text, order=0), [[i / 7 for i in range(1, len(ops) + 1)]])
    source = emit(target, *case.function)
    if target == "sympy":
        scope = executed(source)
        at = dict(zip(NAMED_LIKE, case.points[0], strict=True))
        result = scope["value2"]  # there are an input and a function called value
        got = float(result.subs({symbol: at[str(symbol)] for symbol in result.free_symbols}))
    else:
        got = RUN[target](source, [case], tmp_path)[0][0][0]
    assert same(got, case.wanted[0][0], 1e-13)


# --- every row without its form ---------------------------------------------------------------------


def composite(op, count):
    """Whether the rule says more than the name of a primitive."""
    try:
        return bool(rule(op, count))
    except LookupError:
        return False


RULES = [(name, count) for name, count in CASES if composite(ROWS[name], count)]


def without(target, cases):
    """A target that lacks these operations, so that their rules are what is written."""
    made = language(target)
    names = {key for name, count in cases for key in (f"{name}/{count}", f"long {name}")}
    names |= {name for name, _ in cases if name != "log"}  # log(x) is a primitive
    bare = object.__new__(type(made))
    bare.__dict__.update(made.__dict__)
    for table in ("forms", "conditions"):
        own = getattr(made, table)
        setattr(bare, table, {key: form for key, form in own.items() if key not in names})
    return bare


def test_which_rows_are_rules():
    assert {name for name, _ in RULES} >= {
        "softplus",
        "gelu",
        "logsumexp",
        "and",
        "or",
        "not",
        "log",
    }
    assert {name for name, _ in CASES} - {name for name, _ in RULES} >= {"+", "sin", "max", "where"}


@pytest.mark.parametrize("written_out", [False, True])
@pytest.mark.parametrize("target", RUN)
def test_a_row_without_a_form_gives_the_same_numbers(target, written_out, tmp_path):
    """As a helper, or as its rule where it stands."""
    bare, cases = without(target, RULES), []
    for i, (name, count) in enumerate(RULES):
        leaves = inputs(count)
        op = ROWS[name]._replace(written_out=written_out)
        made = function(
            f"row{i}", [(x.label, x) for x in leaves], [("value", application(op, leaves))]
        )
        assert bare.lacks(op, count), name
        cases.append(Case(made, points(random.Random(i), count)))
    functions = [case.function for case in cases]
    assert written_out or len(complete(bare, functions)[1]) == len(RULES)
    found = RUN[target](module_text(bare, functions), cases, tmp_path)
    for (name, _), case, results in zip(RULES, cases, found, strict=True):
        for point, numbers, right in zip(case.points, results, case.wanted, strict=True):
            assert same(numbers[0], right[0], 2e-13), (name, point)


def test_a_row_without_a_form_gives_the_same_formula():
    sympy = pytest.importorskip("sympy")
    bare = without("sympy", RULES)
    for name, count in RULES:
        leaves = inputs(count)
        node = application(ROWS[name], leaves)
        made = function("f", [(x.label, x) for x in leaves], [("value", node)])
        scope = executed(module_text(bare, [made]))
        for x in ([0.7, -1.5, 0.25, 2.0, 3.0][:count], [-0.7, 1.5, 1.5, -2.0, 3.0][:count]):
            at = {leaf.label: number for leaf, number in zip(leaves, x, strict=True)}
            right = computed([node], at)[node]
            got = sympy.sympify(scope["value"]).subs({scope[key]: at[key] for key in at})
            assert math.isnan(right) or abs(complex(got) - right) <= 1e-14 * abs(right), (name, x)


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_has_every_primitive(target):
    for name, count in CASES:
        if not composite(ROWS[name], count):
            assert not language(target).lacks(ROWS[name], count), name


def test_a_primitive_without_a_form_is_named():
    leaves = inputs(1)
    made = function("f", [("x", leaves[0])], [("value", application(ROWS["sin"], leaves))])
    with pytest.raises(LookupError, match="the primitive 'sin' has no form"):
        module_text(without("c", [("sin", 1)]), [made])


def test_helpers_call_helpers_that_stand_before_them():
    """A rule needs primitives alone; a target may lack an operator that is one rule of others."""
    outer = Op(
        "outer", lambda m, x, y: m.apply("or", x, m.apply("and", x, y)), None, parameters="x, y"
    )
    leaves = inputs(2)
    made = function("f", [(x.label, x) for x in leaves], [("value", application(outer, leaves))])
    shown = module_text(without("c", [("or", 2), ("and", 2)]), [made])
    starts = [shown.index(f"static double {name}(") for name in ("and1", "or1", "outer")]
    assert starts == sorted(starts)


# --- the algebra of rules ---------------------------------------------------------------------------

SCALED = {"sigmoid": (1.3,), "normal_cdf": (1.3,), "gaussian": (0.5, 1.3)}  # what comes after x
ARGUMENTS = {
    "number": ("0.3",), "ratio": (1, 3), "acosh": (1.7,), "where": (1.0, 0.7, 0.4),
    "power_slope": (0.7, 1.3, 0.7**1.3), "over_square": (0.7, 0.4, 0.7 / 0.4),
    "mod_slope": (1.7, 0.4, 1.7 % 0.4), "over_norm": (0.4, 2, 0.7, 0.4),
    "erfinv_slope": (0.4769362762044699, 0.5), "polygamma": (2.0, 0.7),
}  # fmt: skip
OPERATORS = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "neg": "neg"}


@pytest.mark.parametrize("name", PRIMITIVES)
def test_every_primitive_is_written_down(name):
    usual = (0.7, *SCALED[name]) if name in SCALED else (0.7, 0.4)[: PRIMITIVES[name].arity]
    x, graph = ARGUMENTS.get(name, usual), Verbatim()
    compute = getattr(FLOAT, name, None) or partial(OPS[OPERATORS[name]].value, FLOAT)
    found, right = getattr(graph, name)(*x), compute(*x)
    if name == "deviations":  # gives a list
        found, right = found[0], right[0]
    node = graph.node(found)
    assert same(computed([node], {})[node], float(right), 1e-15)


@pytest.mark.parametrize("name", SCALED)
@pytest.mark.parametrize("x", [-math.inf, -800.0, -50.0, math.inf])
def test_a_scale_does_not_meet_a_factor_of_0(name, x):
    graph = Verbatim()
    node = graph.node(getattr(graph, name)(x, *SCALED[name][:-1], x))
    right = getattr(FLOAT, name)(x, *SCALED[name][:-1], x)
    assert same(computed([node], {})[node], right, 1e-13)


# --- the facts --------------------------------------------------------------------------------------

INCREASING = [(name, count) for name, count in CASES if ROWS[name].increasing]


@pytest.mark.parametrize(("name", "count"), CASES)
def test_a_value_is_not_below_its_bound(name, count):
    op = ROWS[name]
    for x in points(random.Random(name), count):
        y = evaluate(FLOAT, op.value, *x)
        assert not y < op.lower_bound, x


@pytest.mark.parametrize(("name", "count"), INCREASING)
def test_what_is_increasing_never_falls(name, count):
    op, rng = ROWS[name], random.Random(name)
    for x in points(rng, count):
        i = rng.randrange(count)
        for up in (math.nextafter(x[i], math.inf), x[i] + 1, math.inf):
            y, z = (evaluate(FLOAT, op.value, *x[:i], at, *x[i + 1 :]) for at in (x[i], up))
            assert not z < y, (x, up)


def test_what_is_written_out_is_short():
    written_out = [(name, n) for name, n in RULES if ROWS[name].written_out and n < 4]
    assert len(written_out) > 5
    for name, count in written_out:
        assert len(rule(ROWS[name], count).order) <= 4, name
