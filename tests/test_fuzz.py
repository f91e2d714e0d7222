"""Odd calls of every command: a documented status, a word why, sound machine formats (tests/fuzz)."""

import csv
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

sys.path.insert(0, str(Path(__file__).parent / "fuzz"))

from calls import Call, calls
from contract import Fault, keep_contract, read_back


@seed(20)
@settings(max_examples=150, deadline=None, database=None, phases=[Phase.generate],
          suppress_health_check=list(HealthCheck))  # fmt: skip
@given(calls())
def test_every_call_keeps_the_contract(call):
    keep_contract(call)


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
        read_back(format_, text)


def test_the_contract_sees_a_failure_within(monkeypatch):
    monkeypatch.setattr("contract.run", lambda args: 70)
    with pytest.raises(Fault, match="status 70"):
        keep_contract(Call(("eval", "1"), {}, b""))
