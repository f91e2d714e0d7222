"""`mgrad functions`: what it says of an operation is what the operation does."""

import json
import math
import re

import pytest
from conftest import ROOT
from test_process import on_a_terminal

from micrograd_cli import bind, parse
from micrograd_cli.algebra.scalar import FLOAT
from micrograd_cli.analysis.catalogue import entries
from micrograd_cli.engine import evaluate
from micrograd_cli.ops import OPS

ENTRIES = {entry.name: entry for entry in entries() if entry.name in OPS}
ARRAYS = [entry for entry in entries() if entry.name not in OPS]
MARKS = re.compile(r"(<!-- functions -->\n)(.*?)(<!-- /functions -->)", re.DOTALL)


def value(text, known):
    program = parse(text, inputs=known)
    run = bind(program, {name: known[name] for name in program.inputs})
    return run.value(program.outputs[0].node)


def test_every_operation_is_listed(mgrad):
    rows = json.loads(mgrad("functions", "--format", "json").stdout)
    names = list(dict.fromkeys(op.name for op in OPS.values()))
    assert [row["name"] for row in rows] == names + [entry.name for entry in ARRAYS]
    for row in rows[: len(names)]:
        assert all(row[key] for key in ("signature", "help", "derivatives", "example"))
        assert row["result"] == value(row["example"], {})


@pytest.mark.parametrize("name", ENTRIES)
def test_a_formula_is_what_the_rule_computes(name):
    op, entry = OPS[name], ENTRIES[name]
    forms = {}  # a name such as `x, with base` to the arguments of that form
    for by in entry.derivatives:
        word, _, form = by.partition(", ")
        forms[by] = word, form
    for by, (word, form) in forms.items():
        words = [w.strip("[]") for w in op.parameters.split(", ")]
        if "..." in words:
            words = ["x", "y"]
        elif "[" in op.parameters and not form and word == "x":
            words = ["x"]
        x = (
            [1.7, 2.5, 3.1, 0.4][: len(words)]
            if len(op.near) < len(words)
            else op.near[: len(words)]
        )
        y = evaluate(FLOAT, op.value, *x)
        partial = evaluate(FLOAT, op.partials, y, *x)[words.index(word)]
        found = value(entry.derivatives[by].text, dict(zip(words, x, strict=True)))
        assert math.isclose(found, partial or 0.0, rel_tol=1e-12), by


def test_domains_and_conventions_are_those_of_the_rows():
    assert ENTRIES["asin"].range == "-1 <= x <= 1"
    assert ENTRIES["log1p"].range == "x >= -1"
    assert ENTRIES["exp"].range == ""
    for name, entry in ENTRIES.items():
        assert len(entry.conventions) == len(OPS[name].kinks)


def test_long_formulas_name_their_parts():
    formula = next(iter(ENTRIES["logsumexp"].derivatives.values()))
    assert len(formula.words) < len(formula.text) / 1.5
    whole, _, parts = formula.words.partition(" with ")
    program = "; ".join([*re.split(r", (?=t\d+ = )", parts), whole])
    assert value(program, {"x": 0.3, "y": 1.1}) == value(formula.text, {"x": 0.3, "y": 1.1})


@pytest.mark.parametrize("name", ["ln", "**", "logistic", "neg", "not", "%"])
def test_aliases_and_operators_have_a_page(mgrad, name):
    done = mgrad("functions", name)
    assert done.returncode == 0, done.stderr
    assert OPS[name].signature in done.stdout


def test_the_markdown_is_a_regular_table(mgrad):
    rows = mgrad("functions", "--format", "markdown").stdout.splitlines()
    assert len(rows) == 2 + len(ENTRIES) + len(ARRAYS)
    assert {row.count("|") for row in rows} == {7}


def test_the_table_fits_80_columns_in_ascii_too(environment):
    for env in ({}, {"LC_ALL": "C"}):
        text = on_a_terminal(environment, ["functions", "--color", "never"], **env)
        assert max(map(len, text.splitlines())) == 80
        assert all(entry.signature in text for entry in ENTRIES.values())
        assert text.isascii() == bool(env)


def test_the_table_of_the_readme_is_this_one(mgrad, regenerate):
    readme = ROOT / "micrograd_cli" / "manual" / "functions.md"
    text = readme.read_text(encoding="utf-8")
    table = mgrad("functions", "--format", "markdown").stdout
    if regenerate:
        readme.write_text(MARKS.sub(lambda m: m[1] + table + m[3], text), encoding="utf-8")
    else:
        assert MARKS.search(text)[2] == table, "--regenerate writes it anew"


def test_a_function_of_arrays_has_a_page(inside):
    status, out, _ = inside("functions dot --format json")
    (found,) = json.loads(out)
    assert (status, found["name"], found["result"]) == (0, "dot", 11.0)
