"""`mgrad explain`: what it tells is what the engine computes, step by step."""

import json
import math
import random
import re
import subprocess
import sys

import pytest
from conftest import EXAMPLES
from test_process import on_a_terminal

from micrograd_cli import bind, gradients, parse
from micrograd_cli.analysis.explanation import explanations
from micrograd_cli.ops import OPS

NUMBERS = {"a": 0.7, "b": -1.3, "c": 2.1}
ONES = [name for name, op in OPS.items() if not op.precedence and op.arity[0] == 1]


def expressions(count):
    """Random expressions in a, b and c, with shared parts and constants."""
    rng = random.Random(7)

    def some(depth):
        if depth == 0 or rng.random() < 0.15:
            return rng.choice(["a", "b", "c", "a", "2", "pi", "-0.5"])
        kind = rng.random()
        if kind < 0.55:
            return f"({some(depth - 1)} {rng.choice('+-*/')} {some(depth - 1)})"
        if kind < 0.9:
            return f"{rng.choice(ONES)}({some(depth - 1)})"
        return f"max({some(depth - 1)}, {some(depth - 1)}, n)"

    return [f"n = a*b + c; n*{some(5)} + a*a*c" for _ in range(count)]


def explained(text, numbers=NUMBERS, only=None):
    program = parse(text)
    wanted = {name: numbers[name] for name in program.inputs if name not in program.defaults}
    return list(explanations(bind(program, wanted), only))


def same(a, b):
    return a == b or (a != a and b != b) or math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-300)


PROGRAMS = [
    *expressions(60),
    *[path.read_text(encoding="utf-8") for path in sorted(EXAMPLES.glob("*.mg"))],
]


@pytest.mark.parametrize("text", PROGRAMS, ids=range(len(PROGRAMS)))
def test_the_telling_is_the_computation(text):
    for told in explained(text):
        steps = {step.name: step for step in told.forward}
        assert len(steps) == len(told.forward)
        for step in told.forward:
            if step.received:
                assert same(step.grad, sum(share.product for share in step.received))
            for share in step.passed:
                assert same(share.product, step.grad * share.derivative) or share.product == 0
                known = {name: each.data for name, each in steps.items()}
                assert same(evaluated(share.formula.text, known), share.derivative)
            if step.formula:
                known = {name: each.data for name, each in steps.items() if name != step.name}
                assert same(evaluated(step.formula, known), step.data)
        assert {s.name: s.grad for s in told.gradients} == told.report.grad or any(
            grad != grad for grad in told.report.grad.values()
        )
        assert [step.name for step in told.backward][:1] == [told.name][: len(told.backward)]


def evaluated(formula, known):
    element = r"([^\W\d]\w*)\[(\d+(?:,\d+)?)\]"
    names = {  # an element is a number of its own here: W[1,0] by the name W_1_0
        re.sub(element, lambda found: f"{found[1]}_{found[2].replace(',', '_')}", name): name
        for name in known
    }
    text = re.sub(element, lambda found: f"{found[1]}_{found[2].replace(',', '_')}", formula)
    program = parse(text, inputs=names)
    run = bind(program, {name: known[names[name]] for name in program.inputs})
    return run.value(program.outputs[0].node)


def test_an_operand_that_stands_twice_passes_twice():
    (told,) = explained("a*a")
    (step,) = told.backward
    assert [(s.operand, s.formula.text, s.product) for s in step.passed] == [("a", "a", 0.7)] * 2
    assert [share.product for share in told.gradients[0].received] == [0.7, 0.7]


def test_only_follows_the_paths_of_one():
    text = "n = a*b; m = sin(n); m + cos(c)*n"
    (told,) = explained(text, only="a")
    assert told.report.grad == {"a": pytest.approx(gradients(text, **NUMBERS)[1]["a"])}
    passed = {share.operand for step in told.backward for share in step.passed}
    assert passed == {"m", "v2", "n", "a"}  # v2 is cos(c)*n
    assert [step.name for step in told.forward] == ["a", "b", "n", "m", "v1", "v2", "f"]


def test_names_do_not_clash():
    (told,) = explained("v1*f + f1^v1", {"v1": 2, "f": 3, "f1": 4})
    names = [step.name for step in told.forward]
    assert len(set(names)) == len(names) == 6
    assert told.name == "f2"


def test_a_constant_keeps_its_name_and_a_variable_called_so_is_one():
    (told,) = explained("pi*a^pi")
    assert [step.formula for step in told.forward] == ["", "a^pi", "pi*v1"]
    program = parse("e*a", inputs=["e"])
    (told,) = explanations(bind(program, {"e": 2, "a": 3}))
    assert [step.name for step in told.gradients] == ["e", "a"]


# --- how it looks ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["neuron", "black_scholes"])  # of 10 nodes, of 39
def test_it_fits_80_columns(environment, name):
    text = on_a_terminal(environment, ["explain", "-f", str(EXAMPLES / f"{name}.mg")])
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert max(map(len, plain.splitlines())) == 80
    assert plain.count("╭─") == 3
    assert "\x1b[" in text
    folded = [line for line in plain.splitlines() if re.match(r"│ \S+ +│$", line)]
    assert not folded


def test_plain_text_in_a_pipe_and_ascii_where_the_terminal_is(mgrad, environment):
    args = ["explain", "sin(a)", "--a", "1"]
    text = mgrad(*args).stdout
    assert not re.search(r"[│╭\x1b]", text)
    assert "∂f/∂a = 0.5403023058681398" in text
    assert mgrad(*args, env={"LC_ALL": "C"}).stdout.isascii()
    assert on_a_terminal(environment, args, LC_ALL="C").isascii()
    assert "\x1b[" in mgrad(*args, "--color", "always").stdout


def test_json_has_every_digit_and_is_valid(mgrad):
    done = mgrad("explain", "log(a)*b + exp(a*1000)", "--a", "0", "--b", "0.1", "--format", "json")
    record = json.loads(done.stdout, parse_constant=pytest.fail)
    assert record["grad"]["b"] is None
    assert record["warnings"][0]["kind"] == "value"
    assert done.returncode == 0
    done = mgrad("explain", "sin(a)", "--a", "0.1", "--format", "json")
    assert json.loads(done.stdout)["backward"][0]["passed"][0]["derivative"] == math.cos(0.1)


def test_markdown_of_a_constant_has_no_gradient(here):
    _, text, _ = here("explain", "2*3", "--format", "markdown")
    assert re.findall("^#+ .*", text, re.MULTILINE) == ["## `f = 2*3`", "### Forward"]


def test_markdown_tables_are_regular(mgrad):
    page = mgrad(
        "explain", "max(a, b)*a or b", "--a", "1", "--b", "1", "--format", "markdown"
    ).stdout
    for part in page.split("\n\n"):
        rows = [line for line in part.splitlines() if line.startswith("|")]
        assert len({line.count(" |") for line in rows}) <= 1


@pytest.mark.parametrize(
    "args",
    [
        ["explain", "tanh(a)", "--a", "1", "--format", "json"],
        ["explain", "tanh(a)", "--a", "1", "--format", "markdown"],
        ["functions", "--format", "json"],
        ["graph", "tanh(a)", "--a", "1", "--format", "mermaid"],
        ["graph", "tanh(a)", "--a", "1"],
    ],
)
def test_what_is_for_programs_does_without_rich(environment, args):
    script = (
        "import sys; from micrograd_cli.commands import run; assert run(sys.argv[1:]) == 0;"
        "assert not {'rich', 'lark', 'numpy'} & sys.modules.keys()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *args], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_ten_thousand_nodes(mgrad):
    text = "+".join(["tanh(a)*b"] * 3333)
    done = mgrad("explain", text, "--a", "1", "--b", "2")
    assert done.stdout.count("1/cosh(a)^2") == 3333
    assert "... (3333 in all)" in done.stdout
    assert done.stderr == ""
    deep = mgrad(
        "explain", "-", "--a", "0.5", "--format", "json", input="sin(" * 5000 + "a" + ")" * 5000
    )
    assert len(json.loads(deep.stdout)["backward"]) == 5000
