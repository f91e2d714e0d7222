"""`mgrad page` in a headless Chromium: its numbers, its steps, its keys, who can read it, how fast it is."""

import json
import math
import random
import re
import shutil
import struct
import subprocess

import pytest
from chromium import PROGRAM, Chromium
from conftest import EXAMPLES, ROOT
from test_code import EDGES
from test_page import HOSTILE, LARGE, NAMES, example, hostile

from micrograd_cli import bind, page, parse, reports
from micrograd_cli.algebra.scalar import FLOAT
from micrograd_cli.analysis.anatomy import anatomy
from micrograd_cli.analysis.explanation import explanations
from micrograd_cli.engine import evaluate, partials
from micrograd_cli.ops import OPS
from micrograd_cli.render.explain.phrases import Phrases
from micrograd_cli.render.page import document
from micrograd_cli.render.page.rules import scripted

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="needs chromium")
NAMES_OF_EXAMPLES = sorted(path.stem for path in EXAMPLES.glob("*.mg"))
ROWS = list(dict.fromkeys(op.name for op in OPS.values()))
ULP, FEW = 4, 40  # of an example's gradients; of one operation, anywhere


@pytest.fixture(scope="module")
def tab():
    """The tab of a browser."""
    browser = Chromium()
    yield browser
    browser.close()


@pytest.fixture
def visit(tab, tmp_path):
    """Open the page of a program; what went wrong in it fails the test."""
    tab.screen()

    def go(program, address="", **numbers):
        path = tmp_path / "page.html"
        path.write_bytes(page(program, **numbers).html.encode())
        tab.open(path.as_uri() + address)
        return tab

    yield go
    assert tab.problems == []


@pytest.fixture(scope="session")
def axe(tmp_path_factory):
    """The script of axe-core."""
    if shutil.which("npm") is None:
        pytest.skip("needs npm, for axe-core")
    folder = tmp_path_factory.mktemp("axe")
    words = [
        "npm",
        "install",
        "--silent",
        "--no-audit",
        "--no-fund",
        "--prefix",
        str(folder),
        "axe-core@4",
    ]
    script = folder / "node_modules" / "axe-core" / "axe.min.js"
    try:
        subprocess.run(words, capture_output=True, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("axe-core cannot be installed in time")
    if not script.exists():
        pytest.skip("axe-core cannot be installed")
    return script.read_text(encoding="utf-8")


def ulps(a, b):
    if a == b or (a != a and b != b):
        return 0
    if not (math.isfinite(a) and math.isfinite(b)):
        return math.inf
    return abs(a - b) / math.ulp(max(abs(a), abs(b)))


def points(program, count, rng):
    """Points around the defaults."""
    for _ in range(count):
        yield {
            name: default * rng.uniform(0.5, 1.5)
            if (default := program.defaults.get(name, 0))
            else rng.uniform(-2, 2)
            for name in program.inputs
        }


def grads(tab):
    """The gradients that a reader sees, in the order of the inputs."""
    shown = tab.run(
        '[...document.querySelectorAll("#rows output")].map((each) => each.textContent)'
    )
    return [float(text.rpartition("= ")[2]) for text in shown]


def texts(tab, selector):
    return tab.run(
        f"[...document.querySelectorAll({json.dumps(selector)})].map((each) => each.textContent)"
    )


def boxes(tab):
    """What each box of the drawing shows, by its name: its data and its grad."""
    rows = tab.run(
        """state.view.drawn.map(({part, data, grad}) => [part.name, data.textContent, grad.textContent])"""
    )
    return {name: (data, grad) for name, data, grad in rows}


# --- numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES_OF_EXAMPLES)
def test_gradients_are_those_of_eval(visit, name):
    """Within 4 ULP; where shares cancel, of what they are shares of, for eval is no better there."""
    program, rng = parse(example(name)), random.Random(11)
    tab = visit(program)
    plain, compared = 0, 0
    for numbers in points(program, 100, rng):
        address = "&".join(f"{key}={value!r}" for key, value in numbers.items())
        tab.run(f"""new Promise((done) => {{
            addEventListener("hashchange", () => done(), {{once: true}});
            location.hash = {json.dumps(address)};
        }})""")
        run = bind(program, numbers)
        for index, (output, report) in enumerate(zip(program.outputs, reports(run), strict=True)):
            if len(program.outputs) > 1:
                choose_output(tab, index)
            sizes = sizes_of_paths(run, output.node)
            for found, (key, grad) in zip(grads(tab), report.grad.items(), strict=True):
                plain += ulps(found, grad) <= ULP
                compared += 1
                assert abs(found - grad) <= ULP * math.ulp(max(abs(grad), sizes[key])), (
                    numbers,
                    key,
                )
    assert plain >= 0.99 * compared


def choose_output(tab, index):
    tab.run(f"""{{
        const select = document.querySelector("header select");
        select.value = {index};
        select.dispatchEvent(new Event("change"));
    }}""")


def sizes_of_paths(run, root):
    """By input, the sum of the sizes of all products along the paths to it."""
    sizes = {root: 1.0}
    for node in reversed(run.program.order_to(root)):
        for arg, partial in zip(node.args, partials(node, run.values), strict=True):
            if partial is not None and node in sizes:
                sizes[arg] = sizes.get(arg, 0.0) + sizes[node] * abs(partial)
    return {name: sizes.get(leaf, 0.0) for name, leaf in run.program.inputs.items()}


def test_the_rules_of_all_operations_are_the_engines(tab):
    rng = random.Random(5)
    used = [(name, count) for name in ROWS for count in arities(OPS[name])]
    operations, script = scripted(used)
    wanted, asked = [], []
    for index, operation in enumerate(operations):
        for _ in range(60):
            x = [
                rng.choice(EDGES) if rng.random() < 0.5 else rng.uniform(-3, 3)
                for _ in range(operation.operands)
            ]
            y = evaluate(FLOAT, operation.op.value, *x)
            slopes = evaluate(FLOAT, operation.op.partials, y, *x)
            kinks = [bool(evaluate(FLOAT, kink.at, *x)) for kink in operation.op.kinks]
            wanted.append((operation.op.name, x, y, slopes, kinks))
            asked.append(
                [
                    index,
                    [
                        str(each).replace("inf", "Infinity").replace("nan", "NaN")
                        for each in [y, *x]
                    ],
                ]
            )
    rows = [f"[{each.value}, {each.slopes}, [{', '.join(each.kinks)}]]" for each in operations]
    got = tab.run(f"""(() => {{
        {script}
        const rows = [{", ".join(rows)}];
        return {json.dumps(asked)}.map(([index, numbers]) => {{
            const [value, slopes, kinks] = rows[index], [y, ...x] = numbers.map(Number);
            const found = [slopes(y, ...x)].flat(), flows = found.slice(x.length);
            const partials = x.map((_, i) => flows.length && !flows[i] ? null : String(found[i]));
            return [String(value(...x)), partials, kinks.map((at) => Boolean(at(...x)))];
        }});
    }})()""")
    for (name, x, y, slopes, kinks), (value, got_slopes, at) in zip(wanted, got, strict=True):
        assert ulps(number(value), y) <= FEW + condition(x, slopes, y) or abs(y) < 1e-290, (name, x)
        assert at == kinks, (name, x)
        for found, slope in zip(got_slopes, slopes, strict=True):
            assert (found is None) == (slope is None), (name, x)
            if slope is not None and abs(slope) > 1e-290 and abs(y) < 1e290:
                assert ulps(number(found), slope) <= FEW, (name, x, found, slope)


def condition(x, slopes, y):
    """Σ|x·slope/y|, ULPs that one rounding of the operands may cost; 0 where it is not finite."""
    if not (y and math.isfinite(y)):
        return 0
    found = sum(abs(each * slope / y) for each, slope in zip(x, slopes, strict=True) if slope)
    return found if math.isfinite(found) else 0


def arities(op):
    least, most = op.arity
    return {least, min(most, max(least, 3))}


def number(text):
    return float(text.replace("Infinity", "inf"))


@pytest.mark.parametrize("name", ["exp", "log", "pow", "hypot"])
def test_precise_functions_are_right_to_the_last_digit(visit, name):
    import mpmath

    rng = random.Random(3)
    arity = 2 if name in ("pow", "hypot") else 1
    x = [
        [rng.uniform(-1, 1) * 10 ** rng.uniform(-3, 2.2) for _ in range(arity)] for _ in range(300)
    ]
    x = [[abs(first), *rest] if name in ("pow", "log") else [first, *rest] for first, *rest in x]
    got = visit("a^b").run(f"{json.dumps(x)}.map((x) => precise.{name}(...x))")
    exact = {"exp": mpmath.exp, "log": mpmath.log, "pow": mpmath.power, "hypot": mpmath.hypot}[name]
    with mpmath.workprec(200):
        for each, found in zip(x, got, strict=True):
            wanted = exact(*map(mpmath.mpf, each))
            assert found == float(wanted) or abs(found - wanted) < 0.501 * math.ulp(
                float(wanted)
            ), each


WARNED = [
    ("relu(a) + log(b)", {"a": 0, "b": 0}),
    ("kinks", {}),
    ("sqrt(a)*b", {"a": 0, "b": 2}),
    ("a/b + c", {"a": 1, "b": 0, "c": 2}),
    ("a - b", {"a": 1, "b": math.inf}),
    ("(a + 1e10) - 1e10", {"a": 0.1}),
    ("a*b - c", {"a": 3, "b": 4, "c": 12}),
    ("a - a", {"a": 0.1}),
    ("n = a*b; n - n + max(n, 0)", {"a": 0.1, "b": 0.3}),
    ("exp(a) - exp(b)", {"a": 0.1, "b": 0.1}),
    ("clamp(a, 0, 1)*abs(b)", {"a": 1, "b": 0}),
    ("a^b", {"a": -2, "b": 3}),
    ("floor(a) + (b > 1)", {"a": 2, "b": 1}),
    ("min(a, b, 3) + atan2(a, b)", {"a": 0, "b": 0}),
    ("exp(a)*exp(-a)", {"a": 1000}),
    ("a*b", {"a": 1, "b": 2}),
]


@pytest.mark.parametrize(("text", "numbers"), WARNED)
def test_warnings_are_those_of_eval(visit, text, numbers):
    program = parse(example(text) if text == "kinks" else text)
    tab = visit(program, **numbers)
    told = [warning.message for warning in next(reports(bind(program, numbers))).warnings]
    listed = [each.removeprefix("⚠ ") for each in texts(tab, "#warnings li")]
    told = [each for each in told if "digits" not in each]  # of lost digits only eval tells
    assert [*map(comparable, listed)] == [*map(comparable, told)]
    marked = tab.run('state.view.drawn.filter(({g}) => g.matches(".warned")).length')
    assert bool(marked) == bool(listed)


def comparable(message):
    """A warning without what page and eval write differently: 2.0 for 2."""
    return re.sub(r"(\d)\.0\b", r"\1", message)


def test_no_number_and_no_input(visit):
    tab = visit("2*pi")
    assert texts(tab, "#result") == ["f = 6.283185307179586"]
    assert tab.run('[$("inputs").hidden, $("curve").hidden]') == [True, True]
    tab = visit("a")
    assert (texts(tab, "#result"), grads(tab)) == (["a = 1"], [1])
    tab = visit("a*b", a=math.inf, b=math.nan)
    assert texts(tab, "#result") == ["f = nan"]


# --- steps ---------------------------------------------------------------------------------------


def as_explained(program, numbers):
    """The steps that explain tells of the first output: lines of a left and a right part."""
    told = next(explanations(bind(program, numbers), binary=True))
    root = program.outputs[0].node
    needed = {arg.label for node in [*program.order_to(root), root] for arg in (node, *node.args)}
    phrases = Phrases(6)
    for step in told.forward:
        if not step.formula and step.name not in needed:
            continue  # of an output the inputs are drawn that it needs
        title = f"{step.name} = {step.formula}" if step.formula else step.name
        yield [[title, f"= {phrases.number(step.data)}"]]
    for step in told.backward:
        total = f"∂{told.name}/∂{step.name} = {phrases.sum(step)}{phrases.number(step.grad)}"
        yield [[f"{step.name} = {step.formula}", total]] + [
            [
                f"by {operand}: {phrases.rule(share)}",
                f"{phrases.product(step, share)} = {phrases.number(share.product)}",
            ]
            for share, operand in zip(step.passed, phrases.operands(step), strict=True)
        ]


STEPS = '[...$("step").children].map((row) => [...row.children].map((each) => each.textContent))'
DRAWN = {name: anatomy(parse(example(name))) for name in NAMES_OF_EXAMPLES}
WHOLE = [
    name for name, each in DRAWN.items() if not each.folds and len(each.parts) <= document.LARGE
]
PROGRAMS = [*map(example, WHOLE), "a = 3; a*a + a", "c = 2*pi; c*x + where(x > 0, x^2, -x)", "n = x^2; n + n*n + sin(n) + n/3 + n*x + exp(n) + n^3"]  # fmt: skip


@pytest.mark.parametrize("text", PROGRAMS, ids=range(len(PROGRAMS)))
def test_every_step_is_reached_by_keys_and_told_as_explain_does(visit, text):
    program = parse(text)
    numbers = {name: program.defaults.get(name, 1.0) for name in program.inputs}
    tab = visit(program)
    tab.press("Home")
    for index, lines in enumerate(as_explained(program, numbers)):
        assert tab.run(STEPS) == lines, index
        said, phase = texts(tab, "#said")[0], texts(tab, "#phase")[0]
        assert said.startswith(phase)
        assert all(part in said for line in lines for part in line)
        assert tab.run('document.querySelectorAll(".now[role]").length') == 1
        tab.press("ArrowRight")
    assert tab.run("state.at === state.steps.length")
    tab.press("ArrowLeft")
    assert tab.run(STEPS) == lines
    tab.press("ArrowRight")
    tab.press("ArrowRight")
    assert texts(tab, "#phase")[0].startswith("Forward 1 of")
    tab.press("End")
    assert re.fullmatch(r"\d+ steps forward, \d+ backward", texts(tab, "#phase")[0])


def test_numbers_appear_as_the_steps_go(visit):
    tab = visit(example("neuron"))
    whole = boxes(tab)
    assert whole["n"] == ("0.8814", "0.5")
    assert texts(tab, ".labels text") == ["-3", "2", "1", "0", "1", "1", "1", "1", "0.5"]
    tab.press("Home")
    assert [name for name, (data, grad) in boxes(tab).items() if data or grad] == ["x1"]
    for _ in range(10):
        tab.press("ArrowRight")
    assert {name: grad for name, (_, grad) in boxes(tab).items() if grad} == {"o": "1", "n": "0.5"}
    assert [label for label in texts(tab, ".labels text") if label] == ["1·0.5 = 0.5"]
    assert {name: data for name, (data, _) in boxes(tab).items()} == {
        name: data for name, (data, _) in whole.items()
    }
    tab.press("End")
    assert boxes(tab) == whole


def test_a_gradient_is_the_sum_of_what_has_been_passed(visit):
    tab = visit("a = 3; a*a + a")
    tab.run("go(state.forwards)")
    assert boxes(tab)["a"] == ("3", "1")
    tab.press("ArrowRight")
    assert boxes(tab)["a"] == ("3", "7")


def test_buttons_and_boxes_go_to_steps(visit):
    tab = visit(example("neuron"))
    tab.run('$("Home").click(); $("ArrowRight").click()')
    assert texts(tab, "#phase") == ["Forward 2 of 10"]
    tab.run('$("ArrowLeft").click()')
    assert texts(tab, "#phase") == ["Forward 1 of 10"]
    click = '[...document.querySelectorAll("g[role]")].find((g) => g.textContent.startsWith({})).dispatchEvent(new Event("click"))'
    tab.run(click.format('"v3"'))
    assert tab.run(STEPS) == [["v3 = v1 + v2", "= -6"]]
    tab.run('$("End").click()')
    tab.run(click.format('"v3"'))
    assert tab.run(STEPS)[0] == ["v3 = v1 + v2", "∂o/∂v3 = 0.5"]


def test_the_drawing_is_one_stop_of_the_tab_key(visit):
    tab = visit(example("neuron"))
    tab.press("Home")
    stops = []
    for _ in range(6):
        tab.press("Tab")
        stops.append(tab.run("document.activeElement.id || document.activeElement.tagName"))
    assert stops == ["Home", "ArrowLeft", "ArrowRight", "End", "g", "input0"]
    tab.run("state.steps[0].g.focus()")
    tab.press("ArrowRight")
    assert tab.run("document.activeElement === state.steps[1].g")
    tab.run("state.steps[7].g.focus()")
    tab.press("Enter")
    assert texts(tab, "#phase") == ["Forward 8 of 10"]


def test_keys_of_a_slider_and_of_a_number_move_no_steps(visit):
    tab = visit(example("neuron"))
    tab.run('document.querySelector("[type=range]").focus()')
    tab.press("ArrowRight")
    assert re.match("10 steps", texts(tab, "#phase")[0])
    assert tab.run("state.numbers[0]") > 2


# --- inputs --------------------------------------------------------------------------------------

TYPE = """((selector, value) => {{
    const element = document.querySelectorAll("#rows div")[{row}].querySelector(selector);
    element.value = value;
    element.dispatchEvent(new Event("input"));
}})({selector}, {value})"""


def enter(tab, row, value, kind="number"):
    tab.run(
        TYPE.format(row=row, selector=json.dumps(f"[type={kind}]"), value=json.dumps(str(value)))
    )


def test_numbers_and_sliders_move_everything(visit):
    tab = visit(example("neuron"), w1=(-4, 4))
    enter(tab, 0, 1.5)
    report = next(reports(bind(parse(example("neuron")), {"x1": 1.5, "w1": -3})))
    assert grads(tab) == [*report.grad.values()]
    assert boxes(tab)["x1"][0] == "1.5"
    slider = 'document.querySelectorAll("[type=range]")[{}]'
    assert tab.run(
        f"[{slider.format(2)}.min, {slider.format(2)}.max, {slider.format(0)}.valueAsNumber]"
    ) == ["-4", "4", 1.5]
    enter(tab, 2, 2, "range")
    assert tab.run("state.numbers[2]") == 2
    assert tab.run('$("input2").value') == "2"
    enter(tab, 0, "")
    assert tab.run("state.numbers[0]") == 1.5
    tab.run('$("reset").click()')
    assert tab.run("state.numbers") == [2, 0, -3, 1, 6.881373587019543]


def test_descend_and_ascend_move_along_the_gradient(visit):
    tab = visit("x = 3; y = 1; k = 2; (x - 1)^2 + k*y^2")
    tab.run('$("rate").value = 0.25; rows[2].hold.checked = true; $("descend").click()')
    assert tab.run("state.numbers") == [2, 0, 2]
    assert texts(tab, "#said") == ["f = 1"]
    tab.run('$("ascend").click()')
    assert tab.run("state.numbers") == [2.5, 0, 2]
    for _ in range(60):
        tab.run('$("descend").click()')
    assert tab.run("state.numbers[0]") == pytest.approx(1, abs=1e-9)


def test_the_address_keeps_the_numbers(visit):
    tab = visit("a*b + c", a=2, b=3, c=1e21)
    enter(tab, 0, -0.125)
    assert (
        tab.run("new Promise((done) => setTimeout(() => done(location.hash), 500))")
        == "#a=-0.125&b=3&c=1e%2B21"
    )
    for address, numbers in (
        ("#a=-0.125&b=3&c=1e%2B21", [-0.125, 3, 1e21]),
        ("#b=4", [2, 4, 1e21]),
        ("#a=x&c=&q=7&=&%E0", [2, 3, 1e21]),
    ):
        assert visit("a*b + c", address, a=2, b=3, c=1e21).run("state.numbers") == numbers


def test_the_curve_is_broken_where_the_function_is(visit):
    def pieces(text, **numbers):
        return visit(text, **numbers).run(
            'document.querySelector(".curve").getAttribute("d").split("M").length - 1'
        )

    assert pieces("sin(x)*x", x=(-9, 9)) == 1
    assert pieces("abs(x - 2)", x=(-3, 3)) == 1
    assert pieces("1/x", x=(-3, 3)) == 2
    assert pieces("tan(x)", x=(-4, 4)) == 3
    assert pieces("floor(x)", x=(-2.5, 2.5)) == 6
    assert pieces("sqrt(x)", x=(-1, 4)) == 1


def test_the_tangent_touches_the_curve(visit):
    tab = visit("x^2", x=(0, 4))
    assert texts(tab, "#point") == ["f = 4 at x = 2, slope 4"]
    d, (x, y) = tab.run(
        '[document.querySelector(".tangent").getAttribute("d"), ["cx", "cy"].map((name) => Number(document.querySelector("circle").getAttribute(name)))]'
    )
    (x0, y0), (x1, y1) = [map(float, each.split()) for each in d.removeprefix("M").split("L")]
    assert y0 + (y1 - y0) * (x - x0) / (x1 - x0) == pytest.approx(y)


# --- folds and outputs ---------------------------------------------------------------------------


def test_a_fold_is_entered_and_left_by_keys(visit):
    tab = visit(LARGE["network"])
    tab.run('dispatchEvent(new Event("beforeprint"))')  # all is painted, not only what is in sight
    whole = boxes(tab)
    tab.run(
        "go(state.steps.findIndex((box) => box.part.name === 'h2_3')); state.steps[state.at].g.focus()"
    )
    tab.press("Enter")
    assert texts(tab, "#said") == ["Inside of h2_3; Escape leads out"]
    inside = boxes(tab)
    assert inside["h2_3"] == whole["h2_3"]
    assert inside["h1_0"] == whole["h1_0"]
    assert len([name for name in inside if name.startswith("w2_3")]) == 12
    tab.press("Home")
    assert texts(tab, "#phase") == ["Forward 1 of 50"]
    tab.press("Escape")
    assert boxes(tab) == whole


def test_a_folds_derivatives_are_along_all_its_paths(visit):
    text = LARGE["network"]
    tab = visit(text)
    program = parse(text)
    report = next(reports(bind(program, {})))
    shares = tab.run("""state.view.drawn.filter((box) => box.inside).flatMap((box) =>
        box.shares.map(({arg, product}) => [parts[arg].name, product]))""")
    sums = {}
    for name, product in shares:
        sums[name] = sums.get(name, 0) + product
    for name, grad in report.grad.items():
        assert sums[name] == pytest.approx(grad, rel=1e-12)
    tab.run("go(state.forwards)")
    (_, total), *rows = tab.run(STEPS)
    assert total == "∂h3_0/∂h3_0 = 1"
    assert rows[1][0].startswith("by h2_0: ")
    assert re.search(r"w3_0_0.*cosh|cosh.*w3_0_0", rows[1][0])


def test_every_output_can_be_chosen(visit):
    tab = visit("a = 2; b = 3\ns = a*b\na + s\nsin(b)")
    assert texts(tab, "header option") == ["f = a + s", "f1 = sin(b)"]
    assert [*boxes(tab)] == ["a", "b", "s", "f"]
    choose_output(tab, 1)
    assert [*boxes(tab)] == ["b", "f1"]
    assert grads(tab) == [0, pytest.approx(math.cos(3))]


# --- who can read it -----------------------------------------------------------------------------


def test_names_are_texts_in_the_page_too(visit):
    tab = visit(hostile())
    assert texts(tab, "#rows label:first-child") == [
        each.replace("\x00", "\x00") for each in NAMES[:10]
    ]
    assert tab.run("document.images.length") == 0
    enter(tab, 2, 7)
    assert boxes(tab)[HOSTILE["n2"]][0] == "7"
    hash_ = tab.run("new Promise((done) => setTimeout(() => done(location.hash), 500))")
    tab = visit(hostile(), hash_)
    assert tab.run("state.numbers")[2] == 7


@pytest.mark.parametrize("name", ["neuron", "kinks", "pendulum"])
def test_a_page_asks_for_nothing(visit, tmp_path, name):
    tab = visit(example(name))
    tab.press("ArrowRight")
    tab.run("new Promise((done) => setTimeout(done, 500))")
    assert tab.requests == [(tmp_path / "page.html").as_uri()]
    refused = """new Promise((done) => {
        addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective), {once: true});
        document.body.append(Object.assign(new Image(), {src: "https://example.org/a.png"}));
    })"""
    assert tab.run(refused) == "img-src"
    tab.problems.clear()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violations(visit, tab, axe, scheme, width):
    for text in (example("neuron"), example("kinks"), LARGE["network"]):
        tab.screen(width, scheme=scheme, mobile=width < 400)
        visit(text)
        tab.run(axe)
        for step in ("state.steps.length", "1", "state.forwards"):
            tab.run(f"go({step})")
            found = tab.run("""axe.run(document).then(({violations}) =>
                violations.map(({id, nodes}) => [id, nodes.length, nodes[0].html]))""")
            assert found == [], (text.partition("\n")[0], step)


@pytest.mark.parametrize(
    "text", [*map(example, NAMES_OF_EXAMPLES), LARGE["wide"], "x" * 300 + " + 1"]
)
def test_a_phone_does_not_scroll_sideways(visit, tab, text):
    tab.screen(390, 844, mobile=True)
    visit(text)
    for step in ("0", "state.forwards", "state.steps.length"):
        tab.run(f"go({step})")
        assert tab.run("document.documentElement.scrollWidth") <= 390


def test_a_small_drawing_fits_and_the_step_is_in_sight(visit, tab):
    visit(example("neuron"))
    assert tab.run('$("scroll").scrollWidth <= $("scroll").clientWidth')
    tab.screen(390, 844, mobile=True)
    visit(example("neuron"))
    tab.run("go(state.forwards)")
    inside = """(() => {
        const box = state.steps[state.at].g.getBoundingClientRect(), scroll = $("scroll").getBoundingClientRect();
        return box.left >= scroll.left && box.right <= scroll.right + 1;
    })()"""
    assert tab.run(inside)


def test_motion_only_for_those_who_like_it(visit, tab):
    for motion, moves in (("reduce", 0), ("no-preference", 2)):
        tab.screen(motion=motion)
        visit(example("neuron"))
        tab.run("go(state.forwards + 1)")
        assert tab.run("document.getAnimations().length") == moves


def test_print_shows_all_and_no_buttons(visit, tab):
    tab.screen(800, 1000, media="print")
    visit(example("mlp"))
    assert tab.run(
        '[...document.querySelectorAll("button, [type=range]")].every((each) => !each.checkVisibility())'
    )
    assert tab.run('$("drawing").getBoundingClientRect().right') <= 800


def test_a_change_of_five_hundred_nodes_fits_in_a_frame(visit, tab):
    for name, text in LARGE.items():
        visit(text)
        times = tab.run("""(async () => {
            const times = [];
            for (let i = 0; i < 40; i++) {
                await new Promise(requestAnimationFrame);
                const start = performance.now();
                set(state.numbers.with(0, 0.3 + i/100));
                plot();
                document.body.getBoundingClientRect();
                times.push(performance.now() - start);
            }
            return times;
        })()""")
        assert min(times) < 16, name


def test_a_large_drawing_shows_what_is_in_sight(visit, tab):
    visit(LARGE["deep"])
    tab.frames(4)
    filled = "state.view.drawn.filter(({data}) => data.textContent).length"
    at_first = tab.run(filled)
    assert 0 < at_first < 100
    tab.run('$("scroll").scrollTo({left: 1e6})')
    tab.frames(6)
    assert tab.run(filled) > at_first
    assert boxes(tab)["f"][1] == "1"
    tab.run('dispatchEvent(new Event("beforeprint"))')
    assert tab.run(filled) == tab.run("state.view.drawn.length")


def test_the_picture_in_the_manual(visit, tab, regenerate):
    path = ROOT / "micrograd_cli" / "manual" / "page.png"
    if regenerate:
        tab.screen(1280, 860)
        visit(example("neuron"))
        tab.run("go(state.forwards + 4)")
        tab.frames()
        tab.picture(path, whole=False)
    content = path.read_bytes()
    assert struct.unpack(">II", content[16:24]) == (1280, 860)
    assert len(content) < 150_000
