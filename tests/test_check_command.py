"""The command `mgrad check`: what it is told to check, and its reports, read by real parsers."""

import csv
import json
import math
import re
from xml.etree import ElementTree

import pytest
from conftest import ROOT
from jsonschema import Draft202012Validator

from micrograd_cli.language.reading import parse


def records(done):
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


def verdicts(done):
    return {c["input"]: c["verdict"] for report in records(done) for c in report["checks"]}


FORMULAS = {
    "b*(1 - tanh(a*b)^2)": 0,
    "b*(1 - o^2)": 0,  # a named node
    "-b*(1 - tanh(a*b)^2)": 1,  # a wrong sign
    "1.0001*b*(1 - tanh(a*b)^2)": 1,
    "b*(1 - tanh(a*b))": 1,  # the square forgotten
    "1 - tanh(a*b)^2": 1,  # a factor left out
    "b/cosh(a*b)^2 + 1e-10": 0,
}


@pytest.mark.parametrize("claim", FORMULAS)
def test_claims(mgrad, claim):
    ranges = ["--a", "-1:1", "--b", "0.5:2", "--format", "jsonl"]
    done = mgrad("check", "o = tanh(a*b)", *ranges, "--claim", f"a={claim}")
    assert done.returncode == FORMULAS[claim]
    assert verdicts(done) == {"a": ["passed", "failed"][FORMULAS[claim]]}


def test_a_claim_about_a_kink_is_held_to_the_convention(mgrad):
    right = mgrad("check", "relu(a)", "--a", "0", "--claim", "a=a > 0", "--format", "jsonl")
    wrong = mgrad("check", "relu(a)", "--a", "0", "--claim", "a=a >= 0", "--format", "jsonl")
    assert (verdicts(right), verdicts(wrong)) == ({"a": "passed"}, {"a": "failed"})
    assert records(wrong)[0]["checks"][0]["reason"]["kind"] == "kink"


def test_what_eval_prints_can_be_expected(bash):
    for format_ in ("json", "jsonl", "json --nonfinite string"):
        line = f"-f rosenbrock.mg --format {format_} > found.json"
        done = bash(f"cp {ROOT}/micrograd_cli/examples/rosenbrock.mg . && mgrad eval {line} && "
                    "mgrad check -f rosenbrock.mg --expect-file found.json --format plain")  # fmt: skip
        assert done.returncode == 0
        assert len(done.stdout.splitlines()) == 2


REWRITTEN = [
    ("log(exp(a) + exp(b))", "logsumexp(a, b)", 0),
    ("a*b + a*c", "d = b + c; a*d", 0),
    ("(a + b)^2", "a^2 + 2*a*b + b^2", 0),
    ("(a + b)^2", "a^2 + a*b + b^2", 1),
    ("sin(a)", "sin(a) + 1", 1),  # the gradient is the same, the value is not
    ("a*b", "k = 2; k*a*b/2", 0),
    ("a + 0*b", "a", 0),
    ("a; a^2", "a; a*a", 0),
    ("max(a, b)", "where(a > b, a, b)", 0),
    ("abs(a)", "where(a > 0, a, 0.5*a - 1.5*a)", 0),
]


@pytest.mark.parametrize(("text", "other", "status"), REWRITTEN)
@pytest.mark.parametrize("order", ["1", "2"])
def test_same_as(mgrad, text, other, status, order):
    names = parse(text).inputs
    ranges = [word for name in names for word in (f"--{name}", "-2:2")]
    done = mgrad("check", text, "--same-as", other, *ranges, "--order", order, "--format", "jsonl")
    assert done.returncode == status
    assert records(done)[0]["checks"][0]["input"] == "(value)"


def test_programs_that_differ_at_a_kink_are_told_apart(mgrad):
    done = mgrad("check", "relu(a)", "--same-as", "max(a, 0)", "--a", "0", "--format", "jsonl")
    assert verdicts(done) == {"(value)": "passed", "a": "failed"}


def test_the_worst_point_can_be_run_again(bash):
    found = bash("mgrad check 'a*b' --a 1:2 --b -1:1 --claim a='b + (a > 1.9)/1e3' --format csv")
    bindings = found.stdout.splitlines()[1].rpartition(",")[2]
    assert bindings.startswith("--a 1.9")
    again = bash(f"mgrad check 'a*b' {bindings} --claim a='b + (a > 1.9)/1e3' --format jsonl")
    assert verdicts(again) == {"a": "failed"}


def test_points_are_drawn_from_the_whole_range_by_seed(bash):
    line = "mgrad check 'a' --a -1e308:1e308 --samples {} --seed {} --format jsonl"
    first, same, other = (records(bash(line.format(7, seed))) for seed in (1, 1, 2))
    assert first == same
    assert first[0]["checks"][0]["point"] != other[0]["checks"][0]["point"]
    program = "mgrad check 'sqrt(a - 3)*sqrt(5 - a)' --a 3:5 --samples 50 --format jsonl"
    assert records(bash(program))[0]["checks"][0]["counts"]["passed"] >= 45


def test_quiet_leaves_the_status(bash):
    for claim, status in (("b", 0), ("2*b", 1)):
        done = bash(f"mgrad check 'a*b' --a 1 --b 2 --claim a='{claim}' --quiet")
        assert (done.returncode, done.stdout, done.stderr) == (status, "", "")


def test_strict(bash):
    for options, status in (("", 0), ("--strict", 1)):
        assert bash(f"mgrad check 'relu(a)' --a 0 --quiet {options}").returncode == status
        assert bash(f"mgrad check 'tanh(a)' --a 0 --quiet {options}").returncode == 0


def test_rich_is_imported_for_the_table_alone(environment, bash):
    line = "python -X importtime -m micrograd_cli check 'relu(a)' --a 0:1 --format {{}} 2>&1"
    for format_ in ("json", "csv", "plain", "tap", "junit"):
        imported = bash(line.format(format_)).stdout
        assert "micrograd_cli.render.check.view" in imported
        assert not any(name in imported for name in (" rich", "numpy", "lark", "subprocess"))


# --- reports --------------------------------------------------------------------------------------

PROGRAMS = [
    "'tanh(a*b)' --a 1 --b 2",
    "'relu(a)*b' --a 0 --b 2",
    "'relu(a)*b' --a 0 --b 2 --strict",
    "'log(a) + sqrt(b)' --a -1 --b 0",
    "'a*b' --a 1:2 --b 3 --claim a='b*(1 + (a > 1.5))' --claim b=a --expect a=3",
    "'p = a*b; a + b # <&>\n; q = p^2; q' --a 1 --b 2",
    "'α*β' --α 1 --β 1e-5 --same-as 'β*α'",
    "'tanh(a*b)' --a 1 --b 2 --order 2",
]


@pytest.mark.parametrize("program", PROGRAMS)
def test_json_has_its_schema(bash, program):
    schema = json.loads((ROOT / "micrograd_cli/schema/check.json").read_text())
    line = f"mgrad check $'{program[1:]}"
    pretty = bash(f"{line} --format json").stdout
    decoder, place = json.JSONDecoder(), 0
    for each in bash(f"{line} --format jsonl --nonfinite string").stdout.splitlines():
        record, place = decoder.raw_decode(pretty, place)
        place += 1
        Draft202012Validator(schema).validate(record)
        Draft202012Validator(schema).validate(json.loads(each))
        finite = re.sub(r'"(inf|-inf|nan)"', "null", each)
        assert record == json.loads(finite)


def tap_tests(text):
    """The tests of a TAP 13 stream, strictly: `(ok, number, description, directive, yaml lines)`."""
    version, plan, *rest = text.splitlines()
    assert version == "TAP version 13"
    found, lines = [], iter(rest)
    for line in lines:
        match = re.fullmatch(r"(ok|not ok) (\d+) - ([^#]+?)(?: # (SKIP .+))?", line)
        assert match, line
        assert next(lines) == "  ---"
        yaml = []
        for inner in lines:
            if inner == "  ...":
                break
            assert re.fullmatch(r"  [a-z]+: .+", inner)
            yaml.append(inner)
        found.append((match[1] == "ok", int(match[2]), match[3], match[4], yaml))
    assert plan == f"1..{len(found)}"
    assert [each[1] for each in found] == list(range(1, len(found) + 1))
    return found


def read_by_its_parser(text, checks):
    """Have tap.py read a TAP stream: it says what the checks of JSON say."""
    parser = pytest.importorskip("tap.parser")
    pytest.importorskip("yaml")
    pytest.importorskip("more_itertools")
    lines = list(parser.Parser().parse_text(text))
    assert not [each for each in lines if each.category == "unknown"]
    tests = [each for each in lines if each.category == "test"]
    for test, check in zip(tests, checks, strict=True):
        assert test.yaml_block["verdict"] == check["verdict"]
        for name in ("analytic", "numerical", "error", "difference"):
            number = test.yaml_block[name]
            assert isinstance(number, float)
            assert check[name] == (number if math.isfinite(number) else None)


@pytest.mark.parametrize("program", PROGRAMS)
def test_tap_and_junit_tell_what_json_tells(bash, program):
    line = f"mgrad check $'{program[1:]}"
    reports = records(bash(f"{line} --format jsonl"))
    expected = [check["verdict"] for report in reports for check in report["checks"]]
    fatal = {"failed", "inconclusive"} if "--strict" in program else {"failed"}
    tap = bash(f"{line} --format tap")
    tests = tap_tests(tap.stdout)
    assert [ok for ok, *_ in tests] == [verdict not in fatal for verdict in expected]
    skipped = [bool(directive) for *_, directive, _ in tests]
    assert skipped == [v == "inconclusive" and v not in fatal for v in expected]

    junit = bash(f"{line} --format junit")
    root = ElementTree.fromstring(junit.stdout)
    assert [suite.get("name") for suite in root] == [
        each["output"] or each["expr"] for each in reports
    ]
    assert int(root.get("tests")) == len(expected) == len(root.findall("*/testcase"))
    assert (
        int(root.get("failures"))
        == len(root.findall("*/*/failure"))
        == sum(verdict in fatal for verdict in expected)
    )
    assert int(root.get("skipped")) == len(root.findall("*/*/skipped")) == sum(skipped)
    names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert len(set(names)) == len(names)
    assert tap.returncode == junit.returncode == bool(fatal & set(expected))
    read_by_its_parser(tap.stdout, [check for report in reports for check in report["checks"]])


def test_what_xml_cannot_hold_is_left_out(bash):
    command = """ "sh -c 'echo {a} # "$'\\001\\033'" <&>'" """
    done = bash(f"mgrad check --command {command} --a 1 --claim a=1 --format junit")
    (suite,) = ElementTree.fromstring(done.stdout)
    assert suite.get("name") == "sh -c 'echo {a} # \\x01\\x1b <&>'"


def test_csv_is_read_back(bash):
    done = bash("mgrad check 'relu(a)*b; a+b' --a 0 --b 2 --format csv")
    rows = list(csv.DictReader(done.stdout.splitlines()))
    assert [row["input"] for row in rows] == ["a", "b", "a", "b"]
    assert rows[0]["reason"] == "kink"
    assert float(rows[2]["analytic"]) == 1.0
    tsv = bash("mgrad check 'relu(a)*b; a+b' --a 0 --b 2 --format tsv")
    assert list(csv.DictReader(tsv.stdout.splitlines(), delimiter="\t")) == rows


REASONS = [  # program, claim, what is said of it
    ("tanh(a*b)", "-b*(1 - tanh(a*b)^2)", "it is -1 times the engine's at all 100 points"),
    ("a^2*b", "a*b", "it is 1/2 times the engine's at all 100 points"),
    ("sin(a*b)", "b*cos(a*b)*pi/180", "it is pi/180 times the engine's at all 100 points"),
    ("log10(a)*b", "b/a", "it is 2.30259 times the engine's at all 100 points"),
    ("a^2*b", "2*a", "the derivative is 2*a*b"),
]


@pytest.mark.parametrize(("text", "claim", "said"), REASONS)
def test_a_failed_claim_is_told_what_is_wrong(mgrad, text, claim, said):
    ranges = ["--a", "1:2", "--b", "1:2", "--format", "jsonl"]
    (report,) = records(mgrad("check", text, *ranges, "--claim", f"a={claim}"))
    (check,) = report["checks"]
    assert check["verdict"] == "failed"
    assert check["reason"]["kind"] == "claim"
    assert said in check["reason"]["message"]


def test_no_factor_is_told_where_there_is_none(mgrad):
    done = mgrad("check", "a^2", "--a", "1:2", "--claim", "a=2*a+1", "--format", "jsonl")
    (report,) = records(done)
    assert [c["reason"]["message"] for c in report["checks"]] == ["the derivative is 2*a"]


def test_a_kink_that_a_derivative_does_not_meet_is_no_reason(mgrad):
    args = ["--a", "0", "--b", "2", "--format", "jsonl"]
    (report,) = records(mgrad("check", "b + relu(a*b)", *args, "--claim", "b=2"))
    assert report["checks"][0]["reason"]["kind"] == "claim"
    (report,) = records(mgrad("check", "b + relu(a*b)", *args, "--claim", "a=2"))
    assert report["checks"][0]["reason"]["kind"] == "kink"


def test_what_rounding_hides_is_not_passed(mgrad):
    for text in ("6.9e8 + sin(x)", "6.9e8 + 1.00001*sin(x)"):
        (report,) = records(mgrad("check", text, "--x", "0.3", "--format", "jsonl"))
        assert report["verdict"] == "inconclusive"
        assert report["checks"][0]["reason"]["kind"] == "rounding"
