"""Odd calls of every command: a documented status, a word why, sound machine formats (tests/fuzz)."""

import csv
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "fuzz"))

from calls import Call, call
from contract import Fault, keep_contract, read_back


@pytest.mark.parametrize("start", range(0, 1000, 100))
def test_every_call_keeps_the_contract(start):
    for number in range(start, start + 100):
        drawn = call(f"20-{number}")
        try:
            keep_contract(drawn)
        except Exception as error:
            raise AssertionError(f"python tests/fuzz --seed 20 --only {number}: {drawn}") from error


def test_calls_are_the_same_each_time_and_most_are_sound():
    drawn = [call(f"1-{number}", ("eval",)) for number in range(200)]
    assert drawn == [call(f"1-{number}", ("eval",)) for number in range(200)]
    assert sum(keep_contract(each).status in (0, 4) for each in drawn) > 100


@pytest.mark.parametrize(
    ("format_", "text"),
    [
        ("json", '{"a": NaN}'),
        ("jsonl", "{}\nx"),
        ("json", "{} {"),
        ("csv", "a,b\n1"),
        ("csv", '"a"b'),
    ],
)
def test_the_contract_sees_what_is_no_machine_format(format_, text):
    with pytest.raises((Fault, ValueError, csv.Error)):
        read_back("map", format_, text)


def test_the_contract_sees_a_failure_within(monkeypatch):
    monkeypatch.setattr("contract.run", lambda args: 70)
    with pytest.raises(Fault, match="status 70"):
        keep_contract(Call(("eval", "1"), {}, b""))


def test_the_contract_knows_the_schemata():
    with pytest.raises(Fault, match="'value' is a required property"):
        read_back("minimize", "json", '{"params": {}}')
