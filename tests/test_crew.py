"""`mgrad fit` and `mgrad minimize` on two worker processes: the numbers of one machine, to the bit."""

import os
import signal

import pytest
from click.testing import CliRunner

from micrograd_cli.commands import fit_, minimize_

distributed = pytest.importorskip("distributed")
pytest.importorskip("polars")
numpy = pytest.importorskip("numpy")

ROWS = 70_000  # several blocks of each kind


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The rows of a decay in files of different lengths."""
    import polars

    folder = tmp_path_factory.mktemp("rows")
    rng = numpy.random.default_rng(1)
    t = rng.uniform(0, 10, ROWS)
    frame = polars.DataFrame({
        "t": t, "U": 4 * numpy.exp(-0.7 * t) + 0.3 + rng.normal(scale=0.05, size=ROWS),
        "s": rng.uniform(0.5, 1.5, ROWS),
    })  # fmt: skip
    for name, start, stop in (("a", 0, 1000), ("b", 1000, 40_001), ("c", 40_001, ROWS)):
        frame[start:stop].write_parquet(folder / f"{name}.parquet")
    return folder


def answer(command, *words):
    """What a command prints as JSON, every digit."""
    found = CliRunner().invoke(command, [*map(str, words), "--format", "json"])
    assert found.exit_code == 0, found.output
    return found.stdout


FIT = ["a*exp(-b*t) + c", "--target", "U", "--a", 5, "--b", 0.5, "--c", 0]
ENERGY = "log(1 + (a*exp(-b*t) + c - U)^2)"
START = ["--start", "a=5,b=0.5,c=0"]
NETWORK = "input w[8], v[8], q[8]; (v @ tanh(w*t + q) - U)^2"
WEIGHTS = ["--start", "w=[1,-2,3,-4,5,-6,7,-8],v=[1,1,-1,1,1,-1,1,1],q=[0,1,2,3,4,5,6,7]"]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (fit_.command, FIT),
        (fit_.command, [*FIT, "--sigma", "s", "--loss", "huber", "--where", "t > 0.01"]),
        (minimize_.command, [ENERGY, *START, "--method", "newton"]),
        (minimize_.command, [ENERGY, *START, "--method", "lbfgs", "--reduce", "sum"]),
        (minimize_.command, ["(a*exp(-b*t) + c - U)^2", *START]),
        (minimize_.command, [f"-({ENERGY})", *START, "--maximize", "--steps", 5]),
        (minimize_.command, [NETWORK, *WEIGHTS, "--method", "lbfgs", "--steps", 5]),
        (minimize_.command, [NETWORK, *WEIGHTS, "--method", "adam", "--steps", 3]),
    ],
)
def test_the_numbers_are_those_of_one_machine(cluster, folder, command, words):
    one = answer(command, words[0], folder, *words[1:])
    many = answer(command, words[0], folder, *words[1:], "--cluster", cluster.scheduler_address)
    assert many == one


def test_workers_that_are_lost_are_replaced(cluster, folder, monkeypatch):
    from micrograd_cli.rows.cluster import crew

    calls = []
    ask = crew.ClusterCrew.ask

    def ask_and_kill(self, sent, method, *args):
        calls.append(method)
        if len(calls) == 3:
            os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
        return ask(self, sent, method, *args)

    monkeypatch.setattr(crew.ClusterCrew, "ask", ask_and_kill)
    many = answer(fit_.command, FIT[0], folder, *FIT[1:], "--cluster", cluster.scheduler_address)
    assert len(calls) > 3
    assert many == answer(fit_.command, FIT[0], folder, *FIT[1:])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["(x - 1)^2", "--cluster", "local:2"], "--cluster needs a table"),
        (
            ["(x - t)^2", "T", "--cluster", "local:2", "--method", "sgd", "--batch", "5"],
            "no --batch",
        ),
        (["(x - t)^2", "T", "--cluster", "nowhere"], "is no address"),
    ],
)
def test_what_has_no_sums_to_share(folder, words, message):
    words = [str(folder) if word == "T" else word for word in words]
    found = CliRunner().invoke(minimize_.command, words)
    assert message in str(found.exception or found.output)


def test_shares_are_whole_units():
    from micrograd_cli.estimation.crew import cuts

    for length, unit, count in (
        (1000, 64, 3),
        (1000, 64, 100),
        (64, 64, 2),
        (129, 64, 2),
        (0, 4, 2),
    ):
        found = cuts(length, unit, count)
        assert [each.start % unit for each in found] == [0] * len(found)
        assert sum(each.stop - each.start for each in found) == (length if length > unit else 0)
