"""`mgrad map --cluster` on two worker processes: the outputs of one machine, whatever happens."""

import os
import signal
import socketserver
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import pytest
from test_map import plain_table
from test_tables import run

import micrograd_cli

distributed = pytest.importorskip("distributed")
pytest.importorskip("polars")

FILES = 12


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Tables, and the outputs of one machine for them."""
    folder = tmp_path_factory.mktemp("tables")
    (folder / "in").mkdir()
    for i in range(FILES):
        (folder / "in" / f"{i:02}.csv").write_bytes(plain_table(4000, i))
    assert run([folder / "in"], output=f"{folder}/want/") is None
    return folder


def same(folder, out):
    names = sorted(os.listdir(folder / "want"))
    assert sorted(os.listdir(out)) == names
    return [n for n in names if (out / n).read_bytes() != (folder / "want" / n).read_bytes()] == []


@pytest.mark.parametrize("engine", ["rows", "columns"])
def test_the_outputs_are_those_of_one_machine(cluster, folder, tmp_path, engine):
    options = {"engine": engine, "file_column": "file", "on_error": "record"}
    for out, more in (("one", {}), ("many", {"cluster": cluster.scheduler_address})):
        assert run([folder / "in"], output=f"{tmp_path}/{out}/", **options, **more) is None
    for name in sorted(os.listdir(folder / "in")):
        one, many = (tmp_path / out / name for out in ("one", "many"))
        assert one.read_bytes() == many.read_bytes()


def test_parquet_on_a_cluster(cluster, folder, tmp_path):
    import polars

    options = {"output": f"{tmp_path}/out/", "target_format": "parquet"}
    assert run([folder / "in"], cluster=cluster.scheduler_address, **options) is None
    found = polars.read_parquet(tmp_path / "out/03.parquet")["value"].to_list()
    assert run([folder / "in" / "03.csv"], output=str(tmp_path / "one.parquet")) is None
    assert found == polars.read_parquet(tmp_path / "one.parquet")["value"].to_list()


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A table of several batches, of which two rows are bad, in row groups that fit to nothing."""
    import numpy
    import polars

    count = 400_000
    frame = polars.DataFrame({
        "a": numpy.random.default_rng(1).normal(size=count), "b": [1.5, -2.0] * (count // 2),
        "c": 0.25, "s": ["x", None] * (count // 2),
    })  # fmt: skip
    bad = polars.int_range(count).is_in([140_000, 300_000])
    path = tmp_path_factory.mktemp("large") / "large.parquet"
    holes = frame.with_columns(a=polars.when(~bad).then("a"))
    holes.write_parquet(path, row_group_size=100_000)
    return path


@pytest.mark.parametrize("target", ["parquet", "arrow", "csv", "jsonl"])
def test_a_large_table_is_shared_out_by_rows(cluster, large, tmp_path, capsys, monkeypatch, target):
    monkeypatch.setattr("micrograd_cli.rows.cluster.parts.ROWS", 1 << 17)
    on_error = "record" if target == "csv" else "skip"
    options = {"target_format": target, "on_error": on_error, "file_column": "file"}
    said = []
    for out, more in (("one", {}), ("many", {"cluster": cluster.scheduler_address})):
        text = "tanh(a*b) + c*log(b)"
        assert run([large], text, output=f"{tmp_path}/{out}/", **options, **more) is None
        said.append(capsys.readouterr().err)
    one, many = (tmp_path / out / f"large.{target}" for out in ("one", "many"))
    if target == "arrow":  # where a cell is null the bytes below are anything
        import polars

        assert polars.read_ipc(one).equals(polars.read_ipc(many))
    else:
        assert one.read_bytes() == many.read_bytes()
    assert said[0] == said[1]
    assert "200,000 rows with a result that is inf or nan; the first is row 2\n" in said[0]
    assert os.listdir(tmp_path / "many") == [f"large.{target}"]


def test_the_first_bad_row_of_a_large_table_is_the_error(cluster, large, tmp_path, monkeypatch):
    monkeypatch.setattr("micrograd_cli.rows.cluster.parts.ROWS", 1 << 16)
    (tmp_path / "in").mkdir()
    os.link(large, tmp_path / "in" / "1.parquet")
    os.link(large, tmp_path / "in" / "2.parquet")
    out = tmp_path / "out"
    message = run([tmp_path / "in"], cluster=cluster.scheduler_address, output=f"{out}/")
    assert message.endswith("1.parquet: row 140001, column 'a': the cell is empty")
    assert os.listdir(out) == []


def test_parts_that_a_killed_run_has_left_are_removed(large, tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = tmp_path / "out" / f"large.parquet.{ended.pid}.part"
    left.mkdir(parents=True)
    (left / "0").write_text("")
    options = {"output": f"{tmp_path}/out/", "on_error": "skip"}
    assert run([large], **options) is None
    assert os.listdir(tmp_path / "out") == ["large.parquet"]


def test_a_worker_that_is_killed_is_replaced(cluster, folder, tmp_path):
    def kill():
        while not any((tmp_path / "out").glob("*.csv")):
            time.sleep(0.01)
        nanny = next(iter(cluster.workers.values()))
        os.kill(nanny.pid, signal.SIGKILL)

    (tmp_path / "out").mkdir()
    killer = threading.Thread(target=kill)
    killer.start()
    options = {"output": f"{tmp_path}/out/", "engine": "rows"}
    assert run([folder / "in"], cluster=cluster.scheduler_address, **options) is None
    killer.join()
    assert same(folder, tmp_path / "out")


def test_the_first_bad_table_is_the_error(cluster, folder, tmp_path):
    (tmp_path / "in").mkdir()
    for i in range(8):
        bad = b"1,2,?\n" if i in (3, 6) else b""
        (tmp_path / "in" / f"{i}.csv").write_bytes(plain_table(50, i) + bad)
    out = tmp_path / "out"
    message = run([tmp_path / "in"], cluster=cluster.scheduler_address, output=f"{out}/")
    assert "in/3.csv: row 51 (line 52), column 'c': '?' is not a number" in message
    assert {"0.csv", "1.csv", "2.csv"} <= {*os.listdir(out)}
    assert not {"3.csv", "6.csv"} & {*os.listdir(out)}


def test_what_workers_say_is_said(cluster, tmp_path, capsys):
    (tmp_path / "t.csv").write_text("a;b\n1;x\n2;3\n")
    options = {"cluster": cluster.scheduler_address, "on_error": "skip"}
    assert run([tmp_path / "t.csv"], "a*b", output=f"{tmp_path}/out/", **options) is None
    said = capsys.readouterr().err
    assert "are separated by ';'" in said
    assert said.endswith("warning: 1 row skipped\n")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"micrograd_cli": ModuleNotFoundError("no")}, "the worker tcp://w has no mgrad"),
        ({"micrograd_cli": "9.9"},
         f"the worker tcp://w has mgrad 9.9, and this is {micrograd_cli.__version__}"),
        ({"polars": ModuleNotFoundError("no")}, "the worker tcp://w has no Polars"),
        ({"numpy": "0.1"}, "note: the worker tcp://w has NumPy 0.1, and this is"),
        ({"numpy": OSError("lost")}, ""),
    ],
)  # fmt: skip
def test_workers_without_this_version(answer, message, capsys):
    from micrograd_cli.rows.cluster.client import check_workers

    def answers(function, place, on_error):
        return {"tcp://w": answer.get(place.partition(":")[0], function(place))}

    client = SimpleNamespace(wait_for_workers=lambda *_, **__: None, run=answers)
    said = ""
    try:
        check_workers(client)
    except micrograd_cli.MgradError as error:
        said = str(error)
    said += capsys.readouterr().err
    assert message in said
    assert bool(said) == bool(message)


class Web(socketserver.BaseRequestHandler):
    """Answers what a scheduler of Dask never does."""

    def handle(self):
        self.request.sendall(b"HTTP/1.1 400 Bad Request" + bytes(100))


def test_a_cluster_that_is_not_there(folder, tmp_path, monkeypatch):
    monkeypatch.setattr("micrograd_cli.rows.cluster.client.PATIENCE", 1)
    with socketserver.TCPServer(("127.0.0.1", 0), Web) as web:
        threading.Thread(target=web.serve_forever).start()
        for address, message in (
            ("tcp://127.0.0.1:9", "cannot reach the cluster at tcp://127.0.0.1:9"),
            ("local", "--cluster 'local' is no address"),
            (f"tcp://127.0.0.1:{web.server_address[1]}", "what answers there is no scheduler"),
        ):
            assert message in run([folder / "in"], cluster=address, output=f"{tmp_path}/out/")
        web.shutdown()
    assert "the workers write" in run([folder / "in"], cluster="local:2")


def test_what_workers_do_not_see(cluster, folder, tmp_path, monkeypatch):
    from micrograd_cli.rows.cluster import outcomes

    options = {"output": f"{tmp_path}/out/", "cluster": cluster.scheduler_address}
    plain = outcomes.Place.here

    def hidden():
        return plain()._replace(folder=str(tmp_path / "not there"))

    monkeypatch.setattr(outcomes.Place, "here", staticmethod(hidden))
    said = run([folder / "in"], **options)
    assert f"a worker does not see the folder '{tmp_path}/not there'" in said
    monkeypatch.setattr(outcomes.Place, "here", staticmethod(lambda: hidden()._replace(folder="/")))
    monkeypatch.chdir(folder)
    assert "a worker does not see the table 'in/00.csv'" in run(["in"], **options)
    assert "a worker does not see the table 'in/00.csv'" in run(
        ["in"], reduce="sum", cluster=options["cluster"]
    )
    assert os.listdir(tmp_path / "out") == []


@pytest.mark.parametrize("lost", ["scheduler", "workers"])
def test_a_cluster_that_is_lost_is_told(lost):
    from micrograd_cli.rows.cluster.waiting import Pulse

    status = "connecting" if lost == "scheduler" else "running"
    pulse = Pulse(SimpleNamespace(status=status, nthreads=dict))
    pulse.look()
    pulse.looked = pulse.seen = time.monotonic() - 60
    with pytest.raises(micrograd_cli.MgradError, match=lost):
        pulse.look()


@pytest.mark.skipif(os.name == "nt", reason="needs signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_ends_a_cluster_of_its_own(environment, tmp_path, name):
    (tmp_path / "in").mkdir()
    (tmp_path / "scratch").mkdir()
    for i in range(60):
        (tmp_path / "in" / f"{i:02}.csv").write_bytes(plain_table(8000, i))
    args = [sys.executable, "-m", "micrograd_cli", "map", "tanh(a*b+c)", "in", "-o", "out/",
            "--engine", "rows", "--cluster", "local:2"]  # fmt: skip
    environment = {**environment, "TMPDIR": str(tmp_path / "scratch")}
    process = subprocess.Popen(args, env=environment, cwd=tmp_path, stderr=subprocess.PIPE,
                               text=True, start_new_session=True)  # fmt: skip
    while not any((tmp_path / "out").glob("*.csv")) and process.poll() is None:
        time.sleep(0.01)
    number = signal.Signals[name]
    if number == signal.SIGINT:
        os.killpg(process.pid, number)  # a terminal sends it to all of them
    else:
        process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (128 + number, "")
    assert len(list((tmp_path / "out").glob("*.csv"))) < 60
    end = time.monotonic() + 20
    while group_lives(process.pid):
        assert time.monotonic() < end
        time.sleep(0.05)
    assert os.listdir(tmp_path / "scratch") == []


def group_lives(number):
    try:
        os.killpg(number, 0)
    except ProcessLookupError:
        return False
    return True
