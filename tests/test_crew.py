"""`mgrad fit` and `mgrad minimize` on two worker processes: the numbers of one machine, to the bit."""

import os
import signal

import pytest
from click.testing import CliRunner

from micrograd_cli.commands import fit_, map_, minimize_

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
    gathered = crew.gathered

    def kill_and_gather(client, asked):
        calls.append(len(asked))
        if len(calls) == 3:
            os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
        return gathered(client, asked)

    monkeypatch.setattr(crew, "gathered", kill_and_gather)
    many = answer(fit_.command, FIT[0], folder, *FIT[1:], "--cluster", cluster.scheduler_address)
    assert len(calls) > 3
    assert many == answer(fit_.command, FIT[0], folder, *FIT[1:])


def found_by(command, *words):
    """What a command says of an error, or its output with its warnings."""
    found = CliRunner().invoke(command, [*map(str, words)])
    return str(found.exception or found.output)


@pytest.fixture(scope="module")
def holes(folder, tmp_path_factory):
    """The tables with some cells empty, as text, and the same rows in one table."""
    import polars

    frame = polars.read_parquet(folder / "*.parquet").with_row_index()
    bad = polars.col("index").is_in([0, 999, 1000, 45_000, 66_000])
    frame = frame.with_columns(t=polars.when(~bad).then("t")).drop("index")
    out = tmp_path_factory.mktemp("holes")
    (out / "in").mkdir()
    for name, start, stop in (("a", 0, 1000), ("b", 1000, 1001), ("c", 1001, ROWS)):
        frame[start:stop].write_csv(out / "in" / f"{name}.csv")
    frame.write_parquet(out / "all.parquet")
    return out


MEAN = ["(a*exp(-b*t) + c - U)^2", "--a", 4, "--b", 0.7, "--c", 0.2, "--reduce", "mean"]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (map_.command, MEAN),
        (map_.command, ["r = a*t - U; r*log(t - 0.001)", "--a", 2, "--reduce", "sum"]),
        (fit_.command, FIT),
        (minimize_.command, [ENERGY, *START, "--where", "t > 0.5"]),
    ],
)
def test_bad_rows_are_left_out_as_on_one_machine(cluster, holes, command, words):
    def answers(table, *more):
        return found_by(command, words[0], table, *words[1:], "--on-error", "skip", *more)

    address = "--cluster", cluster.scheduler_address
    one = answers(holes / "in")
    assert "5 rows skipped" in one
    assert answers(holes / "in", *address) == one
    whole = answers(holes / "all.parquet", *address).replace(str(holes / "all.parquet"), "")
    assert whole.splitlines()[0] == one.splitlines()[0]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (map_.command, MEAN),
        (fit_.command, FIT),
        (fit_.command, ["a*log(t - 0.1)", "--target", "U", "--a", 1, "--on-error", "skip"]),
    ],
)
def test_errors_are_those_of_one_machine(cluster, holes, command, words):
    words = [words[0], holes / "in", *words[1:]]
    many = found_by(command, *words, "--cluster", cluster.scheduler_address)
    assert "row" in many
    assert many == found_by(command, *words)


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


@pytest.mark.parametrize("heights", [[10], [0, 3, 0, 0, 25, 1, 1, 9], [4, 4, 4], [3] * 20, [0]])
@pytest.mark.parametrize("count", [1, 3, 100])
def test_shares_are_whole_units(heights, count):
    from micrograd_cli.rows.cluster.crew import cuts

    rows = [(part, row) for part, height in enumerate(heights) for row in range(height)]
    shares = cuts(heights, 4, count)
    for share in shares:
        assert share[0].at % 4 == 0
        assert all(rows[piece.at] == (piece.part, piece.start) for piece in share)
    found = [(piece.part, row) for share in shares for piece in share
             for row in range(piece.start, piece.stop)]  # fmt: skip
    assert found == rows


@pytest.mark.parametrize("width", [1, 3, 10, 700, 5000, 3_000_000])
def test_blocks_are_parts_of_a_unit(width):
    from micrograd_cli.estimation.fitting.data import BLOCK
    from micrograd_cli.estimation.shares import UNIT
    from micrograd_cli.numbers import power_of_2
    from micrograd_cli.objective import Objective
    from micrograd_cli.rows.reduction import CHUNKS

    assert UNIT % BLOCK == 0
    assert power_of_2(width) <= width < 2 * power_of_2(width)
    if width < 1000:
        chunk = Objective(f"input W[{width}], x; sum(W*x)", ["x"]).compiled.chunk
        assert UNIT % (chunk * CHUNKS) == 0


def test_the_median_of_shares():
    from micrograd_cli.estimation.fitting.robust import ranked
    from micrograd_cli.estimation.shares import Here

    sizes = numpy.abs(numpy.random.default_rng(2).standard_cauchy(1001)) * 1e-3
    sizes[:40] = 0.25
    for rank in (0, 1, 500, 999, 1000):
        assert ranked(Here(sizes, 1001), rank) == numpy.sort(sizes)[rank]
