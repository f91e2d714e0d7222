"""What an input may be given: each reader of `commands/values.py`, and what it says of a bad value."""

import json
from fractions import Fraction
from math import inf, isnan, pi

import pytest

from micrograd_cli.analysis.sampling import Range
from micrograd_cli.commands import values
from micrograd_cli.commands.values import (
    Bounds,
    number,
    number_or_bounds,
    number_or_points,
    number_or_range,
    number_range_or_list,
    number_range_or_points,
    numbers_of,
    shape_given,
    shapes_in_file,
)
from micrograd_cli.errors import DataError, UsageError


def refused(read, text, *more):
    """The error of a reader: its message, span and hint."""
    with pytest.raises(UsageError) as caught:
        read(text, "--x", *more)
    error = caught.value
    assert error.text == text or error.span is None
    return error.message, error.span, error.hint


# --- a number -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2", 2.0), ("-3", -3.0), (" 1e-3 ", 1e-3), ("pi/4", pi / 4), ("2^10", 1024.0), ("inf", inf),
        ("-inf", -inf), ("max(1, 2)", 2.0), ("exp(0)", 1.0), ("exp2(3)", 8.0),
        ("0x1.8p-3", 0.1875), ("-0X1P+4", -16.0), (" 0x.8p1 ", 1.0), ("0x1.fffffffffffffp1023", 1.7976931348623157e308),
    ],
)  # fmt: skip
def test_a_number(text, wanted):
    for read in (number, number_or_range, number_or_bounds, number_or_points, number_range_or_list,
                 number_range_or_points):  # fmt: skip
        assert read(text, "--x") == wanted
    if "x" not in text.lower() or "(" in text:
        assert number(text, "--x").text == text
    assert isnan(number("nan", "--x"))


@pytest.mark.parametrize(
    ("text", "message", "span", "hint"),
    [
        ("", "the value of --x is empty", None, None),
        ("  ", "the value of --x is empty", None, None),
        ("[1, 2]", "--x takes a number, this is a list", (0, 6), "an array is declared in the program: input x[3]"),
        (" [1]", "--x takes a number, this is a list", (0, 4), "an array is declared in the program: input x[3]"),
        ("1..3", "invalid number for --x", (0, 4), "a range is 1:3, or 1:3:STEP"),
        ("1...3", "invalid number for --x", (0, 5), "a range is 1:3, or 1:3:STEP"),
        ("0x1p5000", "invalid number for --x: hexadecimal value too large to represent as a float", (0, 8), None),
        ("0x.p1", "invalid number for --x: invalid hexadecimal floating-point string", (0, 5), None),
    ],
)  # fmt: skip
def test_a_bad_number(text, message, span, hint):
    found = refused(number, text)
    assert (found[0], found[1], found[2] or None) == (message, span, hint)


def test_a_bad_number_is_shown_at_its_place():
    message, span, _ = refused(number, "2*(3+")
    assert message.startswith("invalid number for --x")
    assert span is not None
    message, span, _ = refused(number, "1 + tahn(2)")
    assert message == "invalid number for --x: unknown function 'tahn'"
    assert span == (4, 8)
    assert refused(number, "abc")[0].startswith("invalid number for --x")
    assert refused(number, "1.2.3..4")[2] != "a range is 1.2.3:4, or 1.2.3:4:STEP"


# --- ranges and bounds ----------------------------------------------------------------------------


def test_a_range():
    assert number_or_range("1:3", "--x") == Range(1.0, 3.0)
    assert number_or_range("-pi:2*pi", "--x") == Range(-pi, 2 * pi)
    assert number_or_range("2:2", "--x") == Range(2.0, 2.0)
    for text, end in (("-inf:1", "-inf"), ("1:inf", "inf"), ("nan:1", "nan"), ("1:nan", "nan")):
        found = refused(number_or_range, text)
        assert found == (
            f"the range of --x has an end that is {end}",
            (0, len(text)),
            "an end is a finite number",
        )
    found = refused(number_or_range, "3:1")
    assert found == ("the range of --x is empty", (0, 3), "did you mean 1:3?")


def test_bounds():
    wanted = {
        "0:1": (0, 1),
        "0:": (0, inf),
        ":1": (-inf, 1),
        ":": (-inf, inf),
        " : ": (-inf, inf),
        "1:1": (1, 1),
    }
    assert {text: number_or_bounds(text, "--x") for text in wanted} == {
        text: Bounds(*ends) for text, ends in wanted.items()
    }
    found = refused(number_or_bounds, "3:1")
    assert found == ("the bounds of --x hold no number", (0, 3), "did you mean 1:3?")
    assert refused(number_or_bounds, "nan:1") == ("the bounds of --x hold no number", (0, 5), "")


# --- several numbers ------------------------------------------------------------------------------


def test_a_list_with_commas():
    for read in (number_or_points, number_range_or_list, number_range_or_points):
        assert read("1,2,3", "--x") == (1.0, 2.0, 3.0)
        assert read("max(1,2),[3][0]", "--x") == (2.0, 3.0)
        assert read("max(1,min(2,3)),4", "--x") == (2.0, 4.0)
    assert (
        number_range_or_list("1:3", "--x")
        == number_range_or_points("1:3", "--x")
        == Range(1.0, 3.0)
    )
    assert number_range_or_points("1:3:1", "--x") == (1.0, 2.0, 3.0)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("0:1", "the range of --x has no step", "say how far apart the points are: 0:1:0.1"),
        ("0:1:2:3", "the range of --x has no step", "say how far apart the points are: 0:1:2:3:0.1"),
        ("0:1:0", "the range of --x leads nowhere", "give LOW:HIGH:STEP, for example -5:5:0.5"),
        ("1:0:0.5", "the range of --x leads nowhere", "give LOW:HIGH:STEP, for example -5:5:0.5"),
        ("0:-0.5:1", "the range of --x leads nowhere", "give LOW:HIGH:STEP, for example -5:5:0.5"),
        ("0:-1e-200:1e-200", "the range of --x leads nowhere", "give LOW:HIGH:STEP, for example -5:5:0.5"),
        ("inf:1:1", "the range of --x is not finite", "give LOW:HIGH:STEP, for example -5:5:0.5"),
        ("0:nan:1", "the range of --x is not finite", "give LOW:HIGH:STEP, for example -5:5:0.5"),
        ("0:1:-inf", "the range of --x is not finite", "give LOW:HIGH:STEP, for example -5:5:0.5"),
        ("0:1:1e-6", "the range of --x has more than 1,000,000 points", "take a longer step"),
    ],
)  # fmt: skip
def test_bad_steps(text, message, hint):
    assert refused(number_or_points, text) == (message, (0, len(text)), hint)


def test_steps_end_with_the_last_that_fits(monkeypatch):
    assert number_or_points("0:1:0.3", "--x") == (0.0, 0.3, 0.6, 0.9)
    assert number_or_points("1:0:-0.25", "--x") == (1.0, 0.75, 0.5, 0.25, 0.0)
    assert number_or_points("2:2:-1", "--x") == (2.0,)
    tenths = [float(Fraction(k, 10)) for k in range(-10, 11)]
    assert number_or_points("-1:1:.1", "--x") == tuple(tenths)
    monkeypatch.setattr(values, "MOST_POINTS", 5)
    assert len(number_or_points("0:4:1", "--x")) == 5
    for text in ("0:5:1", "0:9:1", "-5:0:1", "5:0:-1"):
        assert "more than 5 points" in refused(number_or_points, text)[0]
    assert values.number_or_points("0:4.9:1", "--x")[-1] == 4.0


# --- arrays ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[1, 2.5, -3e2]", [1.0, 2.5, -300.0]),
        ("[[1, 2], [3, 4]]", [[1.0, 2.0], [3.0, 4.0]]),
        (" [1] ", [1.0]),
        ("[1, pi/2]", [1.0, pi / 2]),
        ("[[1, 2*3], [max(3, 1), 4]]", [[1.0, 6.0], [3.0, 4.0]]),
        ("[1., .5]", [1.0, 0.5]),  # no JSON, but numbers
        ("[+1]", [1.0]),
    ],
)
def test_a_list(text, wanted):
    assert numbers_of(text, "--x") == wanted


def test_elements_of_a_notation_of_their_own_are_what_the_command_reads():
    assert numbers_of("[0:1, 2, pi]", "--x", number_or_range) == [
        Range(0.0, 1.0),
        2.0,
        number("pi", ""),
    ]
    assert numbers_of("[[0:1, 2], [3, 4:5]]", "--x", number_or_range) == [
        [Range(0.0, 1.0), 2.0], [3.0, Range(4.0, 5.0)]
    ]  # fmt: skip
    seen = []
    assert (
        numbers_of(
            "[1±0.1, 2(3), 5+/-1, max(1, 2)]",
            "--x",
            lambda text, option: seen.append((text, option)) or 7,
        )
        == [7] * 4
    )
    assert seen == [(text, "--x") for text in ("1±0.1", "2(3)", "5+/-1", "max(1, 2)")]


def test_the_decimals_of_a_list_are_kept():
    assert [x.text for x in numbers_of("[1, 0.10, -2e3]", "--x")] == ["1", "0.10", "-2e3"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the value of --x is empty"),
        ("  ", "the value of --x is empty"),
        ("[1, tahn(2)]", "invalid list of numbers for --x: unknown function 'tahn'"),
        ("[1, 2", "invalid list of numbers for --x: '[' is never closed"),
        ("[1 2]", "invalid list of numbers for --x: missing operator between '1' and '2'"),
        ("[1, x]", "invalid list of numbers for --x"),
        ("[1:2], 3", "invalid list of numbers for --x: unexpected ':'"),
        ("3, [1:2]", "invalid list of numbers for --x: ',' outside brackets"),
    ],
)
def test_a_bad_list(text, message):
    assert refused(numbers_of, text)[0] == message


def test_most_lists_are_read_without_the_language():
    assert [x.text for x in values.json_lists("[1, 0.10]")] == ["1", "0.10"]
    assert values.json_lists("[[1, 2], [3]]") == [[1.0, 2.0], [3.0]]
    for text in ("3", "", "1, 2", "[pi]", "[e]", "[1", "[1.]", "(1)", "{}"):
        assert values.json_lists(text) is None


def test_files_of_arrays(tmp_path):
    path = tmp_path / "x.json"
    path.write_text("[[1, 2, 3], [4, 5, 6]]")
    assert numbers_of(f"@{path}", "--x") == [[1, 2, 3], [4, 5, 6]]
    assert shape_given(f"@{path}", number) == (2, 3)
    assert shape_given("@nothing.json", number) == ()
    with pytest.raises(DataError):
        numbers_of("@nothing.json", "--x")
    path.write_text(json.dumps({"a": [1, 2], "b": 3, "c": [[1], [2]]}))
    assert shapes_in_file(str(path)) == {"a": (2,), "c": (2, 1)}
    assert shapes_in_file(str(tmp_path)) == shapes_in_file("nothing.json") == {}
    path.write_text("{")
    assert shapes_in_file(str(path)) == {}


def test_the_shape_of_what_is_given():
    wanted = {"[1, 2, 3]": (3,), " [[1, 2], [3, 4], [5, 6]]": (3, 2), "[1:2, 3]": (2,), "3": (), "1,2": (),
              "[1, [2]]": (), "[": (), "": (), "[tahn(1)]": ()}  # fmt: skip
    assert {text: shape_given(text, number_or_range) for text in wanted} == wanted
