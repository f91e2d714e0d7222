"""Bounds: what would take without end, or all memory, ends within seconds in an error."""

import gzip
import json
import zipfile
from pathlib import Path

import pytest

import micrograd_cli
from micrograd_cli import resources
from micrograd_cli.analysis.sweep import sweep
from micrograd_cli.engine import gradient
from micrograd_cli.files.blocks import LINE
from micrograd_cli.language.names import assigned, listed, parted, parts

DOUBLING = "f0(x) = x + x*x\n" + "".join(
    f"f{i}(x) = f{i - 1}(x) + f{i - 1}(x + {i})\n" for i in range(1, 15)
)
PRODUCT = "sin(x)*exp(x)*tanh(x)*log(x)*x^3"
MANY = ["--max-nodes", "20000"]  # the default takes seconds


@pytest.mark.parametrize(
    ("command", "text", "options", "message"),
    [
        ("explain", DOUBLING + "y = f14(a)", ["--a", "2"], "more than 10,000 (--max-nodes)"),
        (
            "graph",
            DOUBLING.replace("x + x*x", "x + sin(x)^2*exp(x)*tanh(x)") + "y = f14(a)",
            [],
            "more than 100,000 (--max-nodes)",
        ),
        ("diff", PRODUCT, ["--order", "12", *MANY], "more than 20,000 nodes (--max-nodes)"),
        ("diff", PRODUCT, ["--order", "1000000000"], "1000000000 is not in the range 0<=x<=1000"),
        ("diff", "^".join(["a"] * 5000), MANY, "more than 20,000 nodes (--max-nodes)"),
        ("hessian", "^".join(["a"] * 5000), ["--a", "1", *MANY], "more than 20,000 nodes"),
        ("check", "a", ["--a", "0:1", "--samples", "2000000"], "is not in the range 1<=x<=1000000"),
        ("eval", "1" + 100_000 * "0", [], "the number is too large for a float"),
        ("eval", 1_000_000 * "a", ["--b", "3"], "unknown option --b"),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "",
)
def test_no_end(mgrad, tmp_path, command, text, options, message):
    path = tmp_path / "program.mg"
    path.write_text(text)
    done = mgrad(command, "-f", str(path), *options)
    assert done.returncode in (2, 3)
    assert message in done.stderr
    assert len(done.stderr) < 5000


@pytest.mark.parametrize("args", [["-f"], ["a", "--params"], ["a", "--a", "1", "--params"]])
def test_a_file_without_end(here, monkeypatch, args):
    monkeypatch.setattr("micrograd_cli.files.text.LARGEST", 1 << 20)
    status, out, err = here("eval", *args, "/dev/zero")
    assert (status, out, err) == (5, "", "error: '/dev/zero' is larger than 1 MB\n")


def test_the_first_hundred_names_that_are_no_inputs(here, tmp_path):
    names = {f"n{i}": i for i in range(1102)}
    (tmp_path / "p.json").write_text(json.dumps({"a": 2, **names}))
    status, out, err = here("eval", "a", "--params", "p.json", "--print", "value")
    assert (status, out) == (0, "2.0\n")
    assert err.count("\n") == 101
    assert err.endswith("'n99' is not an input of the program, so it is ignored\n"
                        "warning: p.json: 1,002 more names ignored\n")  # fmt: skip


def test_rows_of_a_head(mgrad):
    done = mgrad("map", "a", "--head", "1000000", input="a\n1\n")
    assert (done.returncode, done.stdout) == (2, "")
    assert "'--head': 1000000 is not in the range 1<=x<=10000" in done.stderr


def test_a_line_without_end(mgrad, tmp_path):
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"a\n") + gzip.compress(bytes(1 << 20), 1) * (2 + (LINE >> 20)))
    done = mgrad("map", "a", str(path))
    assert done.returncode == 5
    assert done.stderr == f"error: '{path}' has a line of more than 256 MB\n"


def test_the_grads_of_few_of_many_nodes_are_few():
    program = micrograd_cli.parse("; ".join(f"a*{i}" for i in range(1000)))
    run = micrograd_cli.bind(program, {"a": 2.0})
    grads = sweep(run, program.outputs[7], ["a"], frozenset()).grads
    assert len(grads) == 3
    assert gradient(grads, program.inputs.values()) == [7.0]
    assert grads[program.outputs[8].node.index] is None


def test_names_in_lists():
    assert listed("a, `t, [s]`,b") == ["a", "t, [s]", "b"]
    assert listed("W[1,0],v") == ["W[1,0]", "v"]
    assert parts("1,max(2,3),`c,") == ["1", "max(2,3)", "`c,"]
    assert assigned("`a=b`,c=1=2") == ("`a=b`,c", "=", "1=2")
    assert parted("y.`a.b`", ".") == ("y", ".", "`a.b`")
    assert parts("a=1,`x,y`=2,") == ["a=1", "`x,y`=2", ""]
    assert len(parts("a," * 200_000)) == 200_001


def test_names_in_a_zip_archive_are_those_in_the_folder(monkeypatch):
    names = resources.names("manual")
    monkeypatch.setattr(resources, "FOLDER", "mgrad.pyz/micrograd_cli")
    assert resources.names("manual") == names


def test_a_zip_archive_runs(tmp_path, bash):
    package = Path(micrograd_cli.__file__).parent
    with zipfile.ZipFile(tmp_path / "mgrad.pyz", "w") as archive:
        for root in (package, package.parent / "grammars"):
            for path in root.rglob("*"):
                if path.is_file() and "__pycache__" not in path.parts:
                    archive.write(path, path.relative_to(package.parent))
    for arguments, expected in (
        ("eval a*b --a 2 --b 3 --print value", "6.0\n"),
        ("help limits | head -1", "# Limits\n"),
        ("examples kinks | head -1", "# Points without a derivative"),
    ):
        run = "from micrograd_cli.__main__ import main; main()"
        done = bash(f"PYTHONPATH={tmp_path}/mgrad.pyz python3 -P -c '{run}' {arguments}")
        assert done.stderr == ""
        assert done.stdout.startswith(expected)
