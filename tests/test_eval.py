"""`mgrad eval`: the formats agree with each other and with the schema; sizes; the Python API."""

import csv
import io
import json
import math
import re

import jsonschema
import pytest
from conftest import EXAMPLES, ROOT

import micrograd_cli

SCHEMA = json.loads((ROOT / "micrograd_cli" / "schema" / "eval.json").read_text())
PROGRAMS = sorted(EXAMPLES.glob("*.mg"))
NONFINITE = ["1/a; log(a); a^0.5", "--a", "0"]


@pytest.fixture(scope="module")
def validate():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    return jsonschema.Draft202012Validator(SCHEMA).validate


def records(text):
    """The objects of a stream of JSON, pretty or one a line. nan and Infinity are no JSON."""
    decoder = json.JSONDecoder(parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    found = []
    while text := text.lstrip():
        one, end = decoder.raw_decode(text)
        found.append(one)
        text = text[end:]
    return found


def flat(name, value):
    """The numbers of nested lists with their names: W[1,0] of W."""
    if not isinstance(value, list):
        return [(name, value)]
    start = f"{name[:-1]}," if name.endswith("]") else f"{name}["
    return [pair for i, each in enumerate(value) for pair in flat(f"{start}{i}]", each)]


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_formats_agree(mgrad, validate, path):
    def run(format_, *options):
        done = mgrad("eval", "-f", str(path), "--format", format_, *options)
        assert done.returncode == 0, done.stderr
        return done.stdout

    found = records(run("json"))
    for record in found:
        validate(record)
        assert [node["id"] for node in record["nodes"]] == list(range(len(record["nodes"])))
        assert all(arg < node["id"] for node in record["nodes"] for arg in node["args"])
    assert records(run("jsonl")) == found
    rows = list(csv.DictReader(io.StringIO(run("csv"))))
    assert rows == list(csv.DictReader(io.StringIO(run("tsv")), delimiter="\t"))
    nodes = [{"output": record["output"], **node} for record in found for node in record["nodes"]]
    assert len(rows) == len(nodes)
    for row, node in zip(rows, nodes, strict=True):
        assert row["name"] == node["name"]
        assert row["output"] == (node["output"] or "")
        assert row["args"] == " ".join(map(str, node["args"]))
        assert row["data"] == repr(node["data"])
        assert row["grad"] == ("" if node["grad"] is None else repr(node["grad"]))
    plain = [line.split() for line in run("plain").splitlines()]
    expected = []
    for index, record in enumerate(found, 1):
        label = (record["output"] or f"o{index}") if len(found) > 1 else ""
        prefix = f"{label}." if label else ""
        expected.append([label or "value", repr(record["value"])])
        for name, x in record["grad"].items():
            expected += [[f"{prefix}grad.{each}", repr(number)] for each, number in flat(name, x)]
    assert plain == expected
    table = run("table", "--nodes", "all")
    assert all(repr(node["data"]) in table for node in nodes)


@pytest.mark.parametrize("nonfinite", ["null", "string"])
def test_json_is_valid_where_numbers_are_not_finite(mgrad, validate, nonfinite):
    done = mgrad("eval", *NONFINITE, "--format", "jsonl", "--nonfinite", nonfinite)
    found = records(done.stdout)
    expected = {"null": [None, None, 0.0], "string": ["inf", "-inf", 0.0]}[nonfinite]
    assert [record["value"] for record in found] == expected
    for record in found:
        validate(record)
        assert record["warnings"]
    assert done.stderr.count("warning: ") >= 3


def test_records_of_each_fit_the_schema(mgrad, validate):
    done = mgrad("eval", "--each", "--a", "2", "--on-error", "record", input="a\na+\n日本+\nb\n")
    found = records(done.stdout)
    for record in found:
        validate(record)
    assert [record["line"] for record in found] == [1, 2, 3, 4]
    assert [record.get("error", {}).get("column") for record in found] == [None, 3, 6, 1]


def test_strict(mgrad):
    assert mgrad("eval", *NONFINITE).returncode == 0
    assert mgrad("eval", *NONFINITE, "--strict").returncode == 4
    # an infinity on the way that does not reach the result
    assert mgrad("eval", "min(a, exp(1000))", "--a", "1", "--strict").returncode == 0


def test_karpathys_figures():
    value, grad = micrograd_cli.gradients((EXAMPLES / "micrograd.mg").read_text())
    assert f"{value:.4f}" == "24.7041"
    assert {name: f"{each:.4f}" for name, each in grad.items()} == {
        "a": "138.8338",
        "b": "645.5773",
    }
    for neuron in ("neuron", "neuron_exp"):
        value, grad = micrograd_cli.gradients((EXAMPLES / f"{neuron}.mg").read_text())
        assert f"{value:.4f}" == "0.7071"
        assert [f"{grad[name]:.4f}" for name in ("x1", "w1", "x2", "w2")] == [
            "-1.5000", "1.0000", "0.5000", "0.0000"
        ]  # fmt: skip


def test_a_large_graph_is_listed_in_part(mgrad):
    sum_ = "+".join(["a"] * 400)
    text = mgrad("eval", sum_, "--a", "1").stdout
    assert "399 lines left out" not in text
    assert "398 lines left out; --nodes all shows them" in text
    assert len(text.splitlines()) < 10
    assert len(mgrad("eval", sum_, "--a", "1", "--nodes", "all").stdout.splitlines()) > 400
    small = "+".join(["a"] * 40)
    assert "left out" not in mgrad("eval", small, "--a", "1").stdout


def test_a_million_terms(mgrad):
    done = mgrad("eval", "-", "--a", "0.5", "--print", "value", "--print", "grad.a",
                 input="+".join(["a"] * 1_000_000))  # fmt: skip
    assert done.stdout.split() == ["500000.0", "1000000.0"], done.stderr


def test_wrt_leaves_the_rest_blank(mgrad):
    (record,) = records(mgrad("eval", "x^(1+y)", "--x", "-2", "--y", "1", "--wrt", "x",
                              "--format", "json").stdout)  # fmt: skip
    assert record["grad"] == {"x": -4.0}
    assert record["warnings"] == []
    grads = {node["name"]: node["grad"] for node in record["nodes"]}
    assert grads == {"x": -4.0, "y": None, "1": None, "1+y": None, "x^(1+y)": 1.0}


def test_floats_read_back_exactly(mgrad):
    for text in ("0.1", "1e-300", "5e-324", "1.7976931348623157e308", "3", "-2.5e-7"):
        done = mgrad("eval", "a", "--a", text, "--print", "value")
        assert float(done.stdout) == float(text)
        assert done.stdout == repr(float(text)) + "\n"


def test_help_lists_the_inputs(mgrad):
    text = mgrad("eval", "a*b + format", "--help").stdout
    assert re.search(r"--a NUMBER\s+required", text)
    assert re.search(r"--b NUMBER\s+required", text)
    assert re.search(r"--x NUMBER\s+default -1.2", mgrad("eval", "x = -1.2; x", "--help").stdout)


def test_unused_inputs_have_gradient_zero(mgrad):
    done = mgrad("eval", "input a, b\na^2", "--a", "3", "--b", "1", "--format", "plain")
    assert done.stdout == "value 9.0\ngrad.a 6.0\ngrad.b 0.0\n"


@pytest.mark.parametrize("program", ["u = e; 1", "u = 2; v = u; a", "u = e; v = u*a; 1"])
@pytest.mark.parametrize("nodes", ["named", "all", "inputs"])
def test_a_name_that_no_output_needs(mgrad, program, nodes):
    """`e` and `2` are nodes without operands that nothing else refers to."""
    numbers = ["--a", "3"] if "a" in program else []
    done = mgrad("eval", program, *numbers, "--nodes", nodes, "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    (record,) = records(done.stdout)
    ids = [node["id"] for node in record["nodes"]]
    assert len(set(ids)) == len(ids)
    assert mgrad("eval", program, *numbers, "--print", "data.u").stdout in (
        f"{math.e!r}\n", "2.0\n"
    )  # fmt: skip


# --- the Python API -------------------------------------------------------------------------------


def test_gradients_from_python():
    value, grad = micrograd_cli.gradients("tanh(a*b + c)", a=2, b=-3, c=10)
    assert value == math.tanh(4)
    assert grad["c"] == pytest.approx(1 - math.tanh(4) ** 2)
    assert micrograd_cli.gradients("e*x", e=2, x=3) == (6, {"e": 3, "x": 2})


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("a*b", {"a": 1}),
        ("a", {"a": 1, "b": 2}),
        ("a; a", {"a": 1}),
        ("a*", {}),
        ("n = a*2", {"n": 1}),
    ],
)
def test_mistakes_from_python(text, numbers):
    with pytest.raises(micrograd_cli.MgradError):
        micrograd_cli.gradients(text, **numbers)


def test_a_program_can_be_bound_again_and_again():
    program = micrograd_cli.parse("a^2; a^3")
    for a in (1.0, 2.0, 3.0):
        found = list(micrograd_cli.reports(micrograd_cli.bind(program, {"a": a})))
        assert [report.grad["a"] for report in found] == [2 * a, 3 * a**2]


def test_a_limit_of_5000_digits_is_a_usage_error(mgrad):
    done = mgrad("eval", "a", "--a", "1", "--max-nodes", "9" * 5000)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: invalid value for '--max-nodes'")
