"""The numbers that a command line gives a program, in this process: values, and what is refused."""

import json

import pytest

from micrograd_cli.commands import run
from micrograd_cli.commands.bindings import shortened

SIZED = "size n = 2; input x[n]; sum(x)"


@pytest.fixture
def mgrad(capsys, tmp_path, monkeypatch):
    """Run a command: its status, its standard output and its standard error."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.json").write_text(json.dumps({"a": 2, "b": 5, "x": [1, 2], "q": 1}))
    (tmp_path / "b.json").write_text(json.dumps({"b": 7}))
    (tmp_path / "n.json").write_text(json.dumps({"n": 3, "x": [1, 2, 3]}))

    def call(*args):
        status = run(list(args))
        return status, *capsys.readouterr()

    return call


@pytest.mark.parametrize(
    ("args", "value"),
    [
        (("a*b", "--a", "2", "--b", "3"), 6.0),
        (("a*b", "--let", "a=2", "--let", "b=3"), 6.0),
        (("a = 5; a*b", "--b", "3"), 15.0),
        (("a*b", "--params", "p.json"), 10.0),
        (("a*b", "--params", "p.json", "--params", "b.json"), 14.0),
        (("a*b", "--params", "b.json", "--params", "p.json"), 10.0),
        (("a*b", "--params", "p.json", "--b", "3"), 6.0),
        (("a*b", "--b", "3", "--params", "p.json"), 6.0),
        (("pi*2",), 6.283185307179586),
        (("pi*2", "--pi", "3"), 6.0),
        (("pi*e", "--let", "pi=3", "--e", "2"), 6.0),
        (("input x[2]; sum(x)", "--x", "[1, 2]"), 3.0),
        (("input x[2]; sum(x)", "--let", "x=[1, 2]"), 3.0),
        (("input x[2]; sum(x)", "--let", "x= [1, 2]"), 3.0),
        (("input x[2]; sum(x)", "--params", "p.json"), 3.0),
        ((SIZED, "--x", "[1, 2]"), 3.0),
        ((SIZED, "--n", "3", "--x", "[1, 2, 3]"), 6.0),
        ((SIZED, "--n", "1", "--x", "[5]"), 5.0),
        ((SIZED, "--params", "n.json"), 6.0),
        ((SIZED, "--params", "n.json", "--x", "[1, 2, 5]"), 8.0),
        ((SIZED, "--n", "3", "--params", "n.json"), 6.0),
        (("input x[2]; sum(x)", "--params", "p.json", "--x", "[5, 6]"), 11.0),
        (("input x[2]; sum(x)", "--params", "p.json", "--x[0]", "5"), 7.0),
        (("x = [1, 2]; sum(x)",), 3.0),
        (("x = [1, 2]; sum(x)", "--x", "[3, 4]"), 7.0),
    ],
)
def test_bindings(mgrad, args, value):
    status, out, _ = mgrad("eval", *args, "--print", "value")
    assert (status, out) == (0, f"{value!r}\n")


@pytest.mark.parametrize(
    ("args", "error"),
    [
        (("a*b", "--a", "2", "--a", "3", "--b", "1"), "'a' is given twice\n  once is enough: --a VALUE"),
        (("a*b", "--let", "a=2", "--let", "a=3", "--b", "1"), "'a' is given twice\n  once is enough: --let a=VALUE"),
        (("a*b", "--a", "2", "--let", "a=3", "--b", "1"), "'a' is given twice\n  once is enough: --a VALUE"),
        (("a*b", "--a", "2"), "missing input 'b'\n  1 | a*b\n    |   ^ give --b NUMBER"),
        (("input x[3]; sum(x)",), "missing input 'x'\n  1 | input x[3]; sum(x)\n    |       ^ give --x '[1, 2, ...]' or @FILE"),
        (("input x[3]; sum(x)", "--x", "[1, 2]"), "'x' has shape (3,), got a value of shape (2,)"),
        (("a^2", "--let", "a"), "--let takes NAME=VALUE, not 'a'"),
        (("a^2", "--let", "=3"), "--let takes NAME=VALUE, not '=3'"),
        (("a^2", "--let", "a="), "the value of --let a is empty"),
        (("alpha^2", "--let", "alhpa=2"), "'alhpa' is not an input of the program\n  did you mean 'alpha'?"),
        (("n = a^2; n", "--let", "n=3", "--a", "1"), "'n' is computed by the program"),
        (("x = [a, 2*a]; sum(x)", "--let", "x=[1, 2]", "--a", "1"), "'x' is computed by the program"),
        (("a = 2; a^2", "--a", "[1, [2]]"), "--a takes a number, this is a list\n  1 | [1, [2]]\n"
         "    | ^^^^^^^^ an array is declared in the program: input x[3]"),
        (("x = [a]; sum(x)", "--let", "x=[1]", "--a", "1"), "'x' is computed by the program"),
        (("a*b", "--params", "p.json", "--params-strict"), "p.json: 'x' is not an input of the program"),
        *[((SIZED, "--n", n, "--x", "[1]"), f"--n: a size is a whole number of at least 1, got {got}")
          for n, got in (("0", "0.0"), ("1.5", "1.5"), ("0.5", "0.5"), ("-1", "-1.0"), ("1e-9", "1e-09"), ("nan", "nan"), ("inf", "inf"))],
    ],
)  # fmt: skip
def test_bindings_that_are_refused(mgrad, args, error):
    assert mgrad("eval", *args, "--print", "value") == (2, "", f"error: {error}\n")


def test_names_in_a_file_that_the_program_lacks_are_told(mgrad):
    _, _, told = mgrad("eval", "a*b", "--params", "p.json", "--print", "value")
    assert told.splitlines() == [
        f"warning: p.json: '{name}' is not an input of the program, so it is ignored"
        for name in ("x", "q")
    ]


def test_a_list_for_a_number_in_a_file_names_the_declaration(mgrad, tmp_path):
    (tmp_path / "a.json").write_text('{"b": 1, "a": [[1, 2, 3], [4, 5, 6]]}')
    status, _, told = mgrad("eval", "a = 1; a + b", "--params", "a.json")
    assert status == 2
    assert "declared: input a[2, 3]" in told
    (tmp_path / "a.json").write_text('{"a": [1, [2]], "b": [1, 2]}')
    status, _, told = mgrad("eval", "a = 1; b = 2; a + b", "--params", "a.json")
    assert (status, told.splitlines()[0][:10]) == (2, "error: 'a'")
    assert "declared: input b[2]" in told


def test_the_inputs_of_a_program_are_told(mgrad):
    lists = "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]"
    program = f"a = 5; input x[2, 3]; y = {lists}; size n = 4; input z[n]; a*b + sum(x) + sum(y) + pi + sum(z)"
    status, out, _ = mgrad("eval", program, "--help")
    told = [
        " ".join(line.split())
        for line in out[
            out.index("Inputs of this program:") : out.index("Program options:")
        ].splitlines()
    ]
    assert status == 0
    assert [line for line in told[1:] if line] == [
        "--a NUMBER default 5.0", "--x LIST 2x3 numbers, required",
        "--y LIST 13 numbers, default [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8...",
        "--z LIST 4 numbers, required", "--b NUMBER required", "--n NUMBER default 4.0",
    ]  # fmt: skip
    assert [shortened("x" * length) for length in (39, 40, 41)] == [
        "x" * 39,
        "x" * 40,
        "x" * 37 + "...",
    ]
