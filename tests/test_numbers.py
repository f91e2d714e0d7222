"""How numbers are written: against `decimal`, which rounds the exact value of a float."""

import decimal
import math
import pickle
import random
import struct

import pytest

from micrograd_cli.numbers import (
    ALL_DIGITS,
    UNDECIDED,
    Written,
    exact,
    is_finite,
    json_number,
    magnitude,
    rounded,
    rounded_sum,
    rounded_to_error,
    shortened,
    written_shorter,
)


def floats(count):
    """Floats of any sign and size, 0 and the ends of the range among them."""
    rng = random.Random(1)
    drawn = (struct.unpack("d", rng.randbytes(8))[0] for _ in range(count))
    return [0.0, 5e-324, 1.7976931348623157e308, 2.5, 0.125, *filter(math.isfinite, drawn)]


def nearest(x, digits):
    with decimal.localcontext(prec=digits, rounding=decimal.ROUND_HALF_EVEN):
        return +decimal.Decimal(x)


@pytest.mark.parametrize("digits", range(1, ALL_DIGITS))
def test_rounded_is_the_nearest_of_that_many_digits(digits):
    for x in floats(200):
        assert decimal.Decimal(rounded(x, digits)) == nearest(x, digits)


def test_what_is_exact_reads_back():
    for x in floats(1000):
        assert float(exact(x)).hex() == x.hex()
        assert rounded(x, ALL_DIGITS) == exact(x)
    number = Written(0.1, "1/10")
    assert (pickle.loads(pickle.dumps(number)), pickle.loads(pickle.dumps(number)).text) == (
        0.1,
        "1/10",
    )
    assert [exact(None), rounded(None, 3), rounded(None, ALL_DIGITS)] == ["", "", ""]


def test_from_seventeen_digits_on_a_number_is_exact():
    for digits in (17, 18, 40):
        assert rounded(0.1, digits) == shortened(0.1, digits) == "0.1"
        assert rounded(-0.0, digits) == shortened(-0.0, digits) == "-0.0"
    assert rounded(0.1 + 0.2, 16) == "0.3"


def test_zero_has_no_sign_for_people_and_keeps_it_for_programs():
    assert [rounded(-0.0, digits) for digits in (1, 6, 16)] == ["0", "0", "0"]
    assert exact(-0.0) == rounded(-0.0, ALL_DIGITS) == "-0.0"


@pytest.mark.parametrize("x", [math.inf, -math.inf, math.nan])
def test_inf_and_nan(x):
    assert rounded(x, 4) == exact(x) == repr(x)
    assert json_number(x, "null") is None
    assert json_number(x, "string") == repr(x)
    assert json_number(1.5, "null") == json_number(1.5, "string") == 1.5


def test_a_magnitude_has_one_digit():
    assert [magnitude(x) for x in (0.0, 3.4e-14, 1.0, -250.0)] == ["0", "3e-14", "1e+00", "-2e+02"]


@pytest.mark.parametrize("exponent", range(-15, 3))
def test_rounding_to_an_error_loses_less_than_it(exponent):
    rng = random.Random(exponent)
    for _ in range(100):
        x = rng.uniform(-10, 10) * 10.0 ** rng.randint(-3, 3)
        error = rng.uniform(1, 10) * 10.0**exponent
        text = rounded_to_error(x, error)
        digits = decimal.Decimal(text).normalize().as_tuple()
        if abs(x) > error:
            assert abs(float(text) - x) <= 0.05 * 10.0**exponent + math.ulp(x)
            assert digits.exponent >= exponent - 1 or text == repr(x)
    assert rounded_to_error(math.pi, 0.0) == repr(math.pi)
    assert rounded_to_error(math.inf, 1.0) == "inf"


def test_a_number_of_a_table_keeps_its_own_text_where_that_is_short():
    wanted = {
        1e10: "1e+10",
        1200.0: "1200.0",
        120.0: "120.0",
        0.5: "0.5",
        -0.0: "0.0",
        1234567.0: "1.23e+06",
        1999.9: "2e+03",
        None: "",
        "2.50": "2.50",
    }
    assert {x: shortened(x, 3) for x in wanted} == wanted


def test_what_was_read_is_rounded_only_where_that_is_shorter():
    texts = {
        "3.14159265": "3.14",
        "12345678": "12345678",
        "123456789": "1.23e+08",
        "abcdefgh": "abcdefgh",
        "0.50": "0.5",
        "1234": "1234",
        "+.5": "+.5",
        "+5": "+5",
    }
    assert {text: written_shorter(text, 3) for text in texts} == texts


def test_the_text_of_a_number_is_finite_or_not():
    numbers = ["1.5", "inf", "-inf", "nan", UNDECIDED, 1.0, math.inf, math.nan]
    assert [is_finite(x) for x in numbers] == [True, False, False, False, False, True, False, False]


def test_a_sum_is_rounded_once_and_leaves_the_floats_as_addition_does():
    assert rounded_sum([0.1] * 10) == 1.0
    assert rounded_sum([1e308, 1e308, -1e308]) == math.inf
    assert math.isnan(rounded_sum([math.inf, -math.inf]))
    assert rounded_sum([]) == 0.0


def test_digits_that_an_error_bar_leaves():
    third = 0.1 + 0.2
    assert [rounded_to_error(third, error) for error in (1e-16, 1e-15, 1e-3)] == [
        repr(third),
        "0.3",
        "0.3",
    ]
    assert [rounded_to_error(3.7, error) for error in (100.0, 1.0, 0.1)] == ["4.0", "3.7", "3.7"]
