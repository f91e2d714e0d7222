"""What `checks/checking.py` decides, at a place whose every answer is given."""

from math import inf, isnan, nan

import pytest

from micrograd_cli.checks.checking import (
    SURE,
    VALUE,
    Check,
    CheckReport,
    Claimed,
    Tolerance,
    check,
    examine,
    judge,
    worst,
)
from micrograd_cli.checks.numerical import Estimate
from micrograd_cli.checks.obstacles import Reason
from micrograd_cli.numbers import UNDECIDED

EXACT = Tolerance(0.25, 0.0)  # powers of two: what lies at the edge of it is no matter of rounding
PASSED, INCONCLUSIVE, FAILED = "passed", "inconclusive", "failed"


class Place:
    """A place that answers what it is told to, and keeps what it was asked."""

    def __init__(self, **answers):
        self.point, self.value, self.noise = {"a": 1.5}, 2.0, 0.0
        self.gradient = {"a": 3.0, "b": 5.0}
        self.rough, self.thorough = Estimate(3.0, 0.0), Estimate(3.0, 0.0)
        self.overflows = self.taken = None
        self.blurred = 0.0
        self.asked = []
        self.__dict__.update(answers)

    def at(self, point):
        return Place(point=point, value=point["a"])

    def estimate(self, key, goal, thorough):
        self.asked.append((key, goal(100.0), thorough))
        return self.thorough if thorough else self.rough

    def overflow(self, key):
        return self.overflows

    def reason(self, key, estimate):
        return Reason(estimate.obstacle or "rounding", "told by the place")

    def convention(self, key):
        return self.taken

    def blur(self, key):
        return self.blurred


def examined(
    value, key="a", against="numerical", known=None, tolerance=EXACT, noise=0.0, **answers
):
    place = Place(**answers)
    return examine(place, Claimed("claim", key, value, noise), tolerance, against, known), place


def test_a_tolerance_grows_with_the_larger_number():
    assert Tolerance(0.5, 0.25).of(-8.0, 4.0) == Tolerance(0.5, 0.25).of(4.0, -8.0) == 2.5
    assert [Tolerance(0.5, 0.25).of(x) for x in (-8.0, 0.0)] == [2.5, 0.5]
    assert Tolerance() == (1e-8, 1e-6)
    assert Tolerance(0.5, 0.0).of(1e300) == 0.5


@pytest.mark.parametrize(
    ("claimed", "found", "error", "verdict"),
    [  # the tolerance is 1/4
        (3.0, 3.25, 0.0, PASSED),
        (3.0, 2.75, 0.0, PASSED),
        (3.0, 3.2500001, 0.0, FAILED),
        (3.0, 3.0, 0.25, PASSED),
        (3.0, 3.0, 0.2500001, INCONCLUSIVE),
        (3.0, 3.25, 0.2500001, INCONCLUSIVE),
        (3.0, 4.0, 1.0, INCONCLUSIVE),
        (3.0, 4.0, 0.9999999, FAILED),
        (3.0, 2.0, 0.9999999, FAILED),
        (nan, 3.0, SURE / 4, FAILED),
        (nan, 3.0, SURE / 4 + 0.001, INCONCLUSIVE),
        (inf, inf, 0.0, PASSED),
        (-inf, inf, 0.0, INCONCLUSIVE),
        (inf, -inf, 0.0, INCONCLUSIVE),
        (3.0, nan, 0.0, INCONCLUSIVE),
        (3.0, inf, 0.0, INCONCLUSIVE),
    ],
)
def test_a_verdict_at_the_edges(claimed, found, error, verdict):
    assert judge(claimed, Estimate(found, error), EXACT) == verdict


@pytest.mark.parametrize("obstacle", ["edge", "nonfinite", UNDECIDED])
def test_what_is_known_from_one_side_alone_decides_nothing(obstacle):
    assert judge(3.0, Estimate(3.0, 0.0, obstacle), EXACT) == INCONCLUSIVE
    assert judge(9.0, Estimate(3.0, 0.0, obstacle), EXACT) == INCONCLUSIVE


def test_a_nan_at_a_kink_is_not_refuted():
    assert judge(nan, Estimate(3.0, 0.0, "kink"), EXACT) == INCONCLUSIVE
    assert SURE == 1000


def test_what_passes_at_once_is_not_looked_at_twice():
    found, place = examined(3.0)
    assert (found.verdict, found.reason) == (PASSED, None)
    assert place.asked == [("a", 0.025, False)]
    assert (found.source, found.against, found.input, found.analytic) == (
        "claim",
        "numerical",
        "a",
        3.0,
    )
    assert (found.numerical, found.error, found.difference, found.tolerance) == (
        3.0,
        0.0,
        0.0,
        0.25,
    )
    assert found.point == {"a": 1.5}
    assert found.counts == {PASSED: 0, INCONCLUSIVE: 0, FAILED: 0}


def test_what_does_not_pass_is_looked_at_thoroughly():
    found, place = examined(3.0, rough=Estimate(5.0, 0.0), thorough=Estimate(3.125, 0.0))
    assert (found.verdict, found.difference) == (PASSED, 0.125)
    assert [thorough for *_, thorough in place.asked] == [False, True]
    found, place = examined(3.0, rough=Estimate(5.0, 9.0, "kink"))
    assert [thorough for *_, thorough in place.asked] == [False]
    assert (found.verdict, found.reason.kind) == (INCONCLUSIVE, "kink")
    found, _ = examined(3.0, thorough=Estimate(5.0, 0.0), rough=Estimate(5.0, 0.0))
    assert (found.verdict, found.reason, found.difference) == (FAILED, None, 2.0)
    found, _ = examined(3.0, thorough=Estimate(5.0, 9.0), rough=Estimate(5.0, 9.0))
    assert (found.verdict, found.reason.kind) == (INCONCLUSIVE, "rounding")


def test_the_error_bar_holds_what_the_number_itself_is_off():
    assert examined(3.0, noise=0.125)[0].error == 0.125
    wrong = {"rough": Estimate(5.0, 0.25), "thorough": Estimate(5.0, 0.25)}
    assert examined(3.0, noise=0.125, blurred=0.5, **wrong)[0].error == 0.875
    assert examined(3.0, blurred=0.5)[0].error == 0.0  # which is asked for in the second look alone
    assert examined(2.0, key=VALUE, noise=0.125)[0].error == 0.125


def test_a_value_is_compared_with_the_value():
    found, place = examined(2.125, key=VALUE)
    assert (found.verdict, found.numerical, place.asked) == (PASSED, 2.0, [])
    found, _ = examined(9.0, key=VALUE, taken=Reason("kink", "taken"))
    assert (found.verdict, found.reason) == (FAILED, None)
    place = Place()
    place.noise = 0.5
    found = examine(place, Claimed("claim", VALUE, 2.0, 0.25), Tolerance(1.0, 0.0), "numerical")
    assert found.error == 0.75


def test_against_the_engine_nothing_is_estimated():
    found, place = examined(3.0, against="engine")
    assert found.error == 0.0
    assert (found.verdict, found.numerical, found.against, place.asked) == (
        PASSED,
        3.0,
        "engine",
        [],
    )
    found, _ = examined(9.0, against="engine", taken=Reason("kink", "0 was taken"))
    assert (found.verdict, found.reason.message) == (FAILED, "0 was taken")
    found, _ = examined(9.0, taken=Reason("kink", "0 was taken"))
    assert (found.verdict, found.reason) == (FAILED, None)


def test_where_a_value_overflows_on_the_way_a_nan_is_no_fault():
    found, _ = examined(nan, overflows=(1, 2))
    assert (found.verdict, found.reason.kind) == (INCONCLUSIVE, "nonfinite")
    found, _ = examined(nan)
    assert (found.verdict, found.reason.message) == (FAILED, "the derivative is nan")
    found, _ = examined(3.0, overflows=(1, 2))
    assert found.verdict == PASSED
    found, _ = examined(inf, key=VALUE)
    assert found.reason.message == "the value is inf"
    found, _ = examined(inf, taken=Reason("kink", "taken"))
    assert found.reason.message == "taken"
    found, _ = examined(inf, against="engine", gradient={"a": inf})
    assert (found.verdict, found.difference) == (PASSED, 0.0)
    found, _ = examined(3.0, rough=Estimate(inf, 0.0), thorough=Estimate(inf, 0.0))
    assert (found.verdict, found.reason.message) == (INCONCLUSIVE, "the derivative is inf")


def test_against_certain_numbers():
    found, place = examined(3.125, known={"a": "3"})
    assert (found.verdict, found.error, place.asked) == (PASSED, 0.0, [])
    found, _ = examined(4.0, known={"a": "3"})
    assert found.verdict == FAILED
    found, _ = examined(3.0, known={"a": UNDECIDED})
    assert (found.verdict, found.error, found.reason.kind) == (INCONCLUSIVE, inf, UNDECIDED)
    assert isnan(found.numerical)
    found, _ = examined(9.0, known={"a": "3"}, taken=Reason("kink", "taken"))
    assert (found.verdict, found.error, found.reason.kind) == (INCONCLUSIVE, inf, "kink")
    found, _ = examined(9.0, key=VALUE, known={VALUE: "2"}, taken=Reason("kink", "taken"))
    assert (found.verdict, found.error) == (FAILED, 0.0)
    found, place = examined(3.0, known={"b": "7"})
    assert (found.verdict, len(place.asked)) == (PASSED, 1)
    found, place = examined(3.0, known={"b": "7"}, against="certain")
    assert (found.verdict, len(place.asked)) == (PASSED, 1)
    found, _ = examined(9.0, known={"b": "7"}, against="certain", taken=Reason("kink", "taken"))
    assert (found.verdict, found.reason) == (FAILED, None)


def test_an_input_may_have_any_name():
    for key in ("!x", "~"):  # before and after the value's own key
        found, place = examined(3.0, key=key, gradient={key: 3.0})
        assert (found.verdict, len(place.asked)) == (PASSED, 1)
        taken = {"gradient": {key: inf}, "taken": Reason("kink", "taken")}
        assert examined(9.0, key=key, known={key: "3"}, **taken)[0].reason.kind == "kink"
        assert examined(inf, key=key, **taken)[0].reason.message == "taken"
        assert examined(nan, key=key)[0].reason.message == "the derivative is nan"


# --- many checks ----------------------------------------------------------------------------------


def made(value, source="claim", key="a", tolerance=EXACT):
    return examine(Place(), Claimed(source, key, value), tolerance, "engine")


def test_every_claim_is_checked_at_every_point():
    claims = [
        lambda place: [Claimed("one", VALUE, place.value), Claimed("one", "a", 3.0)],
        lambda place: [Claimed("two", "a", 7.0)],
    ]
    found = list(check(Place(), claims, [{"a": 1.0}, {"a": 2.0}], EXACT, "engine"))
    assert [[(c.source, c.input, c.analytic, c.verdict) for c in each] for each in found] == [
        [("one", VALUE, x, PASSED), ("one", "a", 3.0, PASSED), ("two", "a", 7.0, FAILED)]
        for x in (1.0, 2.0)
    ]
    certain = check(
        Place(), claims, [{"a": 1.0}], EXACT, "certain", lambda point: {"a": "7", VALUE: "1"}
    )
    assert [each.verdict for each in next(certain)] == [PASSED, FAILED, PASSED]
    (plain,) = check(Place(), claims[:1], [{"a": 1.0}], EXACT)
    assert [each.against for each in plain] == ["numerical"] * 2


def test_the_worst_of_each_derivative_is_kept_with_the_counts_of_all():
    found = [[made(3.0), made(5.0, key="b")], [made(4.0), made(5.125, key="b")], [made(9.0), made(5.0625, key="b")],
             [made(5.0), made(5.0, key="b", source="own")]]  # fmt: skip
    told = []

    def explained(each, checks):
        told.append((each.input, [one.analytic for one in checks]))
        return each

    kept = worst(found, explained)
    assert [(each.source, each.input, each.analytic) for each in kept] == [
        ("claim", "a", 9.0), ("claim", "b", 5.125), ("own", "b", 5.0)
    ]  # fmt: skip
    assert kept[0].counts == {PASSED: 1, INCONCLUSIVE: 0, FAILED: 3}
    assert kept[1].counts == {PASSED: 3, INCONCLUSIVE: 0, FAILED: 0}
    assert told == [("a", [3.0, 4.0, 9.0, 5.0]), ("b", [5.0, 5.125, 5.0625]), ("b", [5.0])]
    first, second = made(4.0), made(4.0)
    assert worst([[first], [second]], explained)[0].point is first.point  # of equals the first


def test_the_order_of_checks():
    assert made(3.125).rank == (0, 0.5)
    assert made(5.0).rank == (2, 8.0)
    assert made(3.0, tolerance=Tolerance(0.0, 0.0)).rank == (0, inf)
    assert made(nan, tolerance=Tolerance(0.25, 0.0)).rank[1] == inf
    assert made(3.0).rank == (0, 0.0)


def report(*checks, prefix=""):
    options = {"a": "--a ", "b": "--let b="}
    return CheckReport("o", prefix, "a*b", "", 1, None, list(checks), options)


def test_a_report_is_as_good_as_its_worst_check():
    good, bad = made(3.0), made(9.0, source="engine")
    unknown = Check(*good)._replace(verdict=INCONCLUSIVE)
    assert report(good, bad, unknown).verdict == FAILED
    assert report(good, unknown, good).verdict == INCONCLUSIVE
    assert report(good).verdict == PASSED
    assert (report().label(good), report(prefix="o").label(good)) == ("a", "o.a")
    assert (report().title(good), report(prefix="o").title(bad)) == ("a (claim)", "o.a")
    assert report().title(made(3.0, source="program")) == "a (program)"
    at = good._replace(point={"b": -0.1, "a": 2.0})
    assert report().bindings(at) == "--let b=-0.1 --a 2.0"
