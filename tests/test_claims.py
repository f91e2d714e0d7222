"""What `mgrad check` compares with what, in this process: each claim, and what is refused."""

import csv
import io

import pytest

from micrograd_cli.commands import run

FILES = {
    "g.json": '{"a": 3, "b": 2}',
    "two.json": '{"output": "p", "value": 6, "grad": {"a": 3, "b": 2}}\n {"grad": {"a": 1, "b": 1}} ',
    "list.json": "[1]",
    "empty.json": " \n",
    "none.json": '{"a": null, "b": "-inf"}',
    "text.json": '{"a": "x"}',
    "cut.json": '{"a": 3} {',
    "x.json": '{"x": [1, 1]}',
    "long.json": '{"x": [1, 1, 1]}',
}
ONE = ("a*b", "--a", "2", "--b", "3")
TWO = ("p = a*b; q = a + b; p; q", "--a", "2", "--b", "3")
ROW = ("input x[2]; sum(x)", "--x", "[1, 2]")
NO_INPUT = "is not an input of the program"


@pytest.fixture
def check(capsys, tmp_path, monkeypatch):
    """Run `mgrad check`: its status, what it compared, and its standard error."""
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)

    def call(*args):
        status = run(["check", *args, "--format", "csv"])
        out, told = capsys.readouterr()
        rows = list(csv.DictReader(io.StringIO(out)))
        return status, [f"{row['output']}|{row['input']} {row['source']} {row['against']} {row['verdict']} "
                        f"{float(row['analytic']):g}" for row in rows], told  # fmt: skip

    return call


@pytest.mark.parametrize(
    ("args", "status", "rows"),
    [
        ((*ONE,), 0, ["|a engine numerical passed 3", "|b engine numerical passed 2"]),
        ((*ONE, "--wrt", "b"), 0, ["|b engine numerical passed 2"]),
        ((*ONE, "--claim", "a=b"), 0, ["|a claim engine passed 3"]),
        ((*ONE, "--claim", "a=a"), 1, ["|a claim engine failed 2"]),
        ((*ONE, "--claim", "a=c", "--c", "1"), 2, []),
        ((*ONE, "--claim", "a=c = 3; c"), 0, ["|a claim engine passed 3"]),
        ((*ONE, "--expect", "a=3", "--expect", "b=3"), 1, ["|a expect engine passed 3", "|b expect engine failed 3"]),
        ((*ONE, "--claim", "a=b", "--expect", "a=3"), 0, ["|a claim engine passed 3", "|a expect engine passed 3"]),
        ((*TWO,), 0, ["p|a engine numerical passed 3", "p|b engine numerical passed 2",
                      "q|a engine numerical passed 1", "q|b engine numerical passed 1"]),
        ((*TWO, "--claim", "p.a=b", "--claim", "q.a=1"), 0, ["p|a claim engine passed 3", "q|a claim engine passed 1"]),
        ((*TWO, "--claim", "q.a=2"), 1, ["q|a claim engine failed 2"]),
        ((*TWO, "--claim", "p.a=b", "--expect", "q.a=1"), 0, ["p|a claim engine passed 3", "q|a expect engine passed 1"]),
        (("a*b; a+b", *ONE[1:], "--claim", "2.a=1"), 0, ["|a claim engine passed 1"]),
        (("a*b; a+b", *ONE[1:], "--claim", "1.a=b"), 0, ["|a claim engine passed 3"]),
        ((*ONE, "--order", "2"), 0, ["|a,a engine numerical passed 0", "|a,b engine numerical passed 1",
                                     "|b,b engine numerical passed 0"]),
        ((*ONE, "--order", "2", "--claim", "a,b=1"), 0, ["|a,b claim engine passed 1"]),
        ((*ONE, "--order", "2", "--claim", "b,a=2"), 1, ["|a,b claim engine failed 2"]),
        ((*ONE, "--order", "2", "--certain"), 0, ["|a,a engine certain passed 0", "|a,b engine certain passed 1",
                                                  "|b,b engine certain passed 0"]),
        ((*ONE, "--certain"), 0, ["|a engine certain passed 3", "|b engine certain passed 2"]),
        ((*ONE, "--certain", "--claim", "a=2*b"), 1, ["|a claim certain failed 6"]),
        ((*ONE, "--expect-file", "g.json"), 0, ["|a expect-file engine passed 3", "|b expect-file engine passed 2"]),
        ((*ONE, "--expect-file", "g.json", "--claim", "a=b"), 0,
         ["|a claim engine passed 3", "|a expect-file engine passed 3", "|b expect-file engine passed 2"]),
        ((*ONE, "--expect-file", "none.json"), 1, ["|a expect-file engine failed nan", "|b expect-file engine failed -inf"]),
        ((*TWO, "--expect-file", "two.json"), 0, ["p|a expect-file engine passed 3", "p|b expect-file engine passed 2",
                                                  "q|a expect-file engine passed 1", "q|b expect-file engine passed 1"]),
        ((*ONE, "--same-as", "b*a"), 0, ["|(value) same-as engine passed 6", "|a same-as engine passed 3",
                                         "|b same-as engine passed 2"]),
        ((*ONE, "--same-as", "a+b"), 1, ["|(value) same-as engine failed 5", "|a same-as engine failed 1",
                                         "|b same-as engine failed 1"]),
        ((*ONE, "--same-as", "c = 3; a*c"), 1, ["|(value) same-as engine passed 6", "|a same-as engine passed 3",
                                                "|b same-as engine failed 0"]),
        (("1 + 1", "--same-as", "2"), 0, ["|(value) same-as engine passed 2"]),
        ((*ROW, "--claim", "x=[1, 1]"), 0, ["|x[0] claim engine passed 1", "|x[1] claim engine passed 1"]),
        ((*ROW, "--claim", "x=[1, 2]"), 1, ["|x[0] claim engine passed 1", "|x[1] claim engine failed 2"]),
        ((*ROW, "--claim", "x[1]=1"), 0, ["|x[1] claim engine passed 1"]),
        ((*ROW, "--expect", "x=[1, 2]"), 1, ["|x[0] expect engine passed 1", "|x[1] expect engine failed 2"]),
        ((*ROW, "--expect-file", "x.json"), 0, ["|x[0] expect-file engine passed 1", "|x[1] expect-file engine passed 1"]),
    ],
)  # fmt: skip
def test_what_is_compared(check, args, status, rows):
    found = check(*args)
    assert found[:2] == (status, rows), found[2]


@pytest.mark.parametrize(
    ("args", "status", "error"),
    [
        (("1 + 1",), 2, "the program has no inputs, so there is nothing to check"),
        ((*ONE, "--claim", "a=b", "--claim", "a=b"), 2, "--claim a is given twice"),
        ((*ONE, "--claim", "c=b"), 2, f"--claim c: 'c' {NO_INPUT}"),
        ((*ONE, "--claim", "a"), 2, "--claim takes NAME=VALUE, not 'a'\n  as in --claim a=a"),
        ((*ONE, "--claim", "=b"), 2, "--claim takes NAME=VALUE, not '=b'\n  as in --claim a=b"),
        ((*ONE, "--expect", "a:3"), 2, "--expect takes NAME=VALUE, not 'a:3'\n  as in --expect a=6"),
        ((*ONE, "--expect", "=1:3"), 2, "--expect takes NAME=VALUE, not '=1:3'\n  as in --expect a=1:3"),
        ((*ONE, "--claim", "a=c"), 2, f"--claim a: 'c' {NO_INPUT}\n  1 | c\n    | ^"),
        ((*ONE, "--claim", "a=b; b"), 2, "--claim a: expected one expression, got 2"),
        ((*ONE, "--claim", "a=(b"), 3, "--claim a: '(' is never closed\n  1 | (b\n    | ^ add the missing ')'"),
        ((*ONE, "--claim", "q.a=b"), 2, "--claim q.a: no output is called 'q'"),
        ((*TWO, "--claim", "a=b"), 2, "--claim a: which output?\n  say p.a or q.a"),
        ((*TWO, "--claim", "r.a=b"), 2, "--claim r.a: no output is called 'r'\n  say p.a or q.a"),
        ((*ONE, "--order", "2", "--claim", "a=1"), 2, "--claim a: 'a' is not checked\n  with --order 2 it is two: a,a"),
        ((*ONE, "--claim", "a,b=1"), 2, "--claim a,b: 'a,b' is not checked\n  second derivatives are checked with --order 2"),
        ((*ONE, "--wrt", "a", "--claim", "b=1"), 2, "--claim b: 'b' is not checked"),
        ((*ONE, "--wrt", "a", "--order", "2", "--claim", "a,b=1"), 2,
         "--claim a,b: 'a,b' is not checked\n  with --order 2 it is two: a,a"),
        ((*ONE, "--expect-file", "two.json"), 2, "'two.json' has 2 outputs, the program has 1"),
        ((*ONE, "--expect-file", "list.json"), 5, "'list.json' does not hold an object of names and numbers"),
        ((*ONE, "--expect-file", "empty.json"), 5, "'empty.json' is empty"),
        ((*ONE, "--expect-file", "text.json"), 5, "'text.json': the gradient of 'a' is not a number"),
        ((*ONE, "--expect-file", "cut.json"), 5, "cannot read 'cut.json': Expecting property name enclosed in double "
         "quotes: line 1 column 11 (char 10)"),
        ((*ONE, "--same-as", "a*c"), 2, f"--same-as: 'c' {NO_INPUT}\n  1 | a*c\n    |   ^"),
        ((*ONE, "--same-as", "a; b"), 2, "--same-as has 2 outputs, the program has 1"),
        ((*ONE, "--same-as", "(a"), 3, "--same-as: '(' is never closed\n  1 | (a\n    | ^ add the missing ')'"),
        ((*ROW, "--claim", "x=[1, 2, 3]"), 2, "--claim x: expected the shape (2,), got (3,)"),
        ((*ROW, "--expect", "x=[1, 1, 1]"), 2, "--expect: 'x' has shape (2,), got a value of shape (3,)"),
        ((*ROW, "--expect", "x=[1, 1]", "--expect", "x[0]=1"), 2, "--expect x[0] is given twice"),
        ((*ROW, "--expect", "x[0]=1", "--expect", "x=[1, 1]"), 2, "--expect x is given twice"),
        ((*ROW, "--expect-file", "long.json"), 2, "--expect-file: 'x' has shape (2,), got a value of shape (3,)"),
    ],
)  # fmt: skip
def test_what_is_refused(check, args, status, error):
    assert check(*args) == (status, [], f"error: {error}\n")
