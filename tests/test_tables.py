"""`mgrad map` over many tables, in order and into a folder. What it prints: cases/tables.case."""

import gzip
import io
import os
import random
import signal
import subprocess
import sys
import time

import pytest
from test_map import plain_table

from micrograd_cli import MgradError, parse
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.rows.run import run_map

NEURON = "tanh(a*b + c)"


def run(tables, text=NEURON, **options):
    """The error of a run over tables, or None."""
    try:
        run_map(MapRequest(parse(text), {}, [*map(str, tables)], **options))
    except MgradError as problem:
        return problem.message


@pytest.fixture
def tables(tmp_path):
    """Three tables, of which the second is packed."""
    (tmp_path / "in").mkdir()
    paths = [tmp_path / "in" / name for name in ("a.csv", "b.csv.gz", "c.csv")]
    for seed, path in enumerate(paths):
        data = plain_table(2000, seed)
        path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return paths


def alone(path, tmp_path, **options):
    """What a run over one table alone writes."""
    out = tmp_path / f"alone.{options.get('target_format') or 'csv'}"
    assert run([path], output=str(out), **options) is None
    return out.read_bytes()


# --- rows in order, outputs in a folder -----------------------------------------------------------


@pytest.mark.parametrize("engine", ["rows", "columns"])
@pytest.mark.parametrize("to", ["csv", "jsonl"])
def test_the_rows_are_those_of_each_table(tables, tmp_path, engine, to):
    if engine == "columns":
        pytest.importorskip("polars")
    options = {"engine": engine, "target_format": to}
    want = [alone(path, tmp_path, **options) for path in tables]
    if to == "csv":
        want[1:] = [data.partition(b"\n")[2] for data in want[1:]]
    assert run(tables, output=str(tmp_path / "out"), **options) is None
    assert (tmp_path / "out").read_bytes() == b"".join(want)


@pytest.mark.parametrize("engine", ["rows", "columns"])
def test_each_output_is_that_of_its_table(tables, tmp_path, engine):
    if engine == "columns":
        pytest.importorskip("polars")
    assert run([tmp_path / "in"], output=f"{tmp_path}/out/", engine=engine) is None
    for path in tables:
        data = (tmp_path / "out" / path.name).read_bytes()
        data = gzip.decompress(data) if path.suffix == ".gz" else data
        assert data == alone(path, tmp_path, engine=engine)


@pytest.mark.parametrize("engine", ["rows", "columns"])
@pytest.mark.parametrize("fault", ["short", "header", "row"])
def test_a_fault_leaves_whole_outputs_alone(tables, tmp_path, engine, fault):
    if engine == "columns":
        pytest.importorskip("polars")
    _, packed, _ = tables
    text = gzip.decompress(packed.read_bytes())
    packed.write_bytes({
        "short": packed.read_bytes()[:-2000],
        "header": gzip.compress(b"x\n1\n"),
        "row": gzip.compress(text + b"1,2,?\n"),
    }[fault])  # fmt: skip
    message = run(tables, output=f"{tmp_path}/out/", engine=engine)
    assert str(packed) in message
    assert os.listdir(tmp_path / "out") == ["a.csv"]
    assert (tmp_path / "out" / "a.csv").read_bytes() == alone(tables[0], tmp_path, engine=engine)


def test_the_rows_before_a_fault_have_been_written(tables, tmp_path, capfdbinary):
    pytest.importorskip("polars")
    tables[2].write_bytes(b"a,b\n1,2\n")
    want = alone(tables[0], tmp_path, engine="columns")
    want += alone(tables[1], tmp_path, engine="columns").partition(b"\n")[2]
    assert "has no column 'c'" in run(tables, engine="columns")
    assert capfdbinary.readouterr().out == want


def test_many_small_tables_go_by_columns_together(tmp_path, monkeypatch):
    pytest.importorskip("polars")
    monkeypatch.setattr("micrograd_cli.rows.text.engines.LARGE", 100_000)
    (tmp_path / "in").mkdir()
    paths = [tmp_path / "in" / f"{i:03}.csv" for i in range(120)]
    for i, path in enumerate(paths):
        path.write_bytes(plain_table(30, i))
    assert run([tmp_path / "in"], output=f"{tmp_path}/out/") is None
    for path in paths[::17]:
        want = alone(path, tmp_path, engine="columns")
        assert (tmp_path / "out" / path.name).read_bytes() == want


def test_more_tables_than_files_may_be_open(bash):
    made = "mkdir in; for i in $(seq 200); do printf 'a\\n%d\\n' $i >in/$i.csv; done"
    done = bash(f"{made}; ulimit -n 40; mgrad map 'a' in --values-only | sort | uniq | wc -l")
    assert (done.stdout.strip(), done.stderr) == ("201", "")
    done = bash("ulimit -n 40; mgrad map 'a' in -o out/ && ls out | wc -l")
    assert (done.stdout.strip(), done.stderr) == ("200", "")


def test_outputs_over_their_own_tables(tables, tmp_path):
    want = alone(tables[0], tmp_path)
    assert "is there already" in run([tmp_path / "in"], output=f"{tmp_path}/in/")
    assert run([tmp_path / "in"], output=f"{tmp_path}/in/", overwrite=True) is None
    assert tables[0].read_bytes() == want


# --- binary tables --------------------------------------------------------------------------------


@pytest.fixture
def frames(tmp_path):
    """Parquet files below partitions, and what Polars makes of them."""
    polars = pytest.importorskip("polars")
    for year in (2025, 2026):
        (tmp_path / "in" / f"year={year}").mkdir(parents=True)
        for part in range(2):
            rng = random.Random(f"{year} {part}")
            frame = polars.DataFrame({"id": range(50), "a": [rng.random() for _ in range(50)]})
            frame.write_parquet(tmp_path / "in" / f"year={year}" / f"{part}.parquet")
    return polars.read_parquet(tmp_path / "in", hive_partitioning=True)


@pytest.mark.parametrize("to", ["parquet", "csv", "jsonl"])
def test_partitions_of_binary_tables(frames, tmp_path, to):
    import polars

    out = str(tmp_path / f"out.{to}")
    assert run([tmp_path / "in"], "a*year", output=out, file_column="file", wrt=["year"]) is None
    read = {"parquet": polars.read_parquet, "csv": polars.read_csv, "jsonl": polars.read_ndjson}
    found = read[to](out)
    assert found.columns == ["id", "a", "year", "file", "value", "d_year"]
    assert found.select("id", "a", "year").equals(frames)
    assert found["value"].to_list() == (frames["a"] * frames["year"]).to_list()
    assert found["d_year"].to_list() == frames["a"].to_list()
    assert found["file"].n_unique() == 4


def test_a_folder_of_binary_outputs_keeps_its_partitions(frames, tmp_path):
    import polars

    assert run([tmp_path / "in"], "a^2", output=f"{tmp_path}/out/") is None
    found = polars.read_parquet(tmp_path / "out", hive_partitioning=True)
    assert found.select("id", "a", "year").equals(frames)
    assert polars.read_parquet(tmp_path / "out/year=2025/0.parquet").width == 4
    assert run([tmp_path / "in"], "a^2", output=f"{tmp_path}/out/", skip_existing=True) is None


def test_binary_tables_of_other_types(tmp_path):
    polars = pytest.importorskip("polars")
    polars.DataFrame({"a": [1]}).write_parquet(tmp_path / "1.parquet")
    polars.DataFrame({"a": [1.5]}).write_parquet(tmp_path / "2.parquet")
    paths = [tmp_path / "1.parquet", tmp_path / "2.parquet"]
    message = run(paths, "a", output=str(tmp_path / "o.parquet"))
    assert message.endswith(f"has 'a: Float64' as column 1, where {paths[0]} has 'a: Int64'")
    assert run(paths, "a", output=str(tmp_path / "o.csv"), wrt=[]) is None
    assert (tmp_path / "o.csv").read_text() == "a,value\n1,1.0\n1.5,1.5\n"


def test_partitions_that_no_column_joins(tmp_path):
    pytest.importorskip("polars")
    for k in ("x=1", "x=2.5", "x=__HIVE_DEFAULT_PARTITION__", "x=%2e5"):
        (tmp_path / "in" / k).mkdir(parents=True)
        (tmp_path / "in" / k / "t.csv").write_text("s\nu\nv\n")
    message = run([tmp_path / "in"], "x^2", output=str(tmp_path / "o.csv"))
    assert "the partition 'x' binds an input, but it has no value" in message
    paths = [tmp_path / "in" / k for k in ("x=%2e5", "x=2.5")]
    for engine in ("rows", "columns"):
        assert run(paths, "x^2", output=str(tmp_path / "o.csv"), engine=engine, wrt=[]) is None
        want = "s,x,value\nu,.5,0.25\nv,.5,0.25\nu,2.5,6.25\nv,2.5,6.25\n"
        assert (tmp_path / "o.csv").read_text() == want
    assert run(paths, "x^2", output=str(tmp_path / "o.parquet"), wrt=[]) is None
    import polars

    assert polars.read_parquet(tmp_path / "o.parquet")["x"].to_list() == [0.5, 0.5, 2.5, 2.5]


# --- tables at addresses ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bucket():
    """Parquet files in a bucket of moto's server, and the options to reach it."""
    server = pytest.importorskip("moto.server")
    boto3 = pytest.importorskip("boto3")
    polars = pytest.importorskip("polars")
    served = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    served.start()
    host, port = served.get_host_and_port()
    keys = {"aws_access_key_id": "k", "aws_secret_access_key": "s"}
    client = boto3.client(
        "s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1", **keys
    )
    client.create_bucket(Bucket="tables")
    for year in (2025, 2026):
        data = io.BytesIO()
        polars.DataFrame({"a": [1.5, 2.5]}).write_parquet(data)
        name = f"year={year}/x.parquet"
        client.put_object(Bucket="tables", Key=name, Body=data.getvalue())
    for name, text in (("t.csv", 'a,s\r\n1.5,"x\ny"\r\n2.5,z'), ("u.csv", "a,s\n?,z\n"),
                       ("t.jsonl", '{"a": 1.5}\n{"a": 2.5}\n')):  # fmt: skip
        client.put_object(Bucket="tables", Key=name, Body=text.encode())
    many = "a\n" + "".join(f"{i / 7!r}\n" for i in range(100_000))
    client.put_object(Bucket="tables", Key="many.csv.gz", Body=gzip.compress(many.encode()))
    yield [f"{k}={v}" for k, v in {**keys, "aws_endpoint_url": f"http://{host}:{port}",
                                   "aws_region": "us-east-1", "aws_allow_http": "true"}.items()]  # fmt: skip
    served.stop()


def test_tables_in_a_bucket(bucket, tmp_path):
    out = str(tmp_path / "o.csv")
    paths = [f"s3://tables/year={year}/x.parquet" for year in (2025, 2026)]
    assert run(paths, "a*year", output=out, storage=bucket, wrt=[]) is None
    want = "a,year,value\n1.5,2025,3037.5\n2.5,2025,5062.5\n1.5,2026,3039.0\n2.5,2026,5065.0\n"
    assert (tmp_path / "o.csv").read_text() == want
    assert run(["s3://tables/*/x.parquet"], "a", output=out, storage=bucket, wrt=[]) is None
    assert (tmp_path / "o.csv").read_text().count("\n") == 5
    assert "cannot read 's3://tables/y.parquet'" in run(["s3://tables/y.parquet"], storage=bucket)


def test_texts_in_a_bucket(bucket, tmp_path):
    out = tmp_path / "o.csv"
    options = {"storage": bucket, "wrt": []}
    assert run(["s3://tables/t.csv"], "2*a", output=str(out), **options) is None
    assert out.read_text() == 'a,s,value\n1.5,"x\ny",3.0\n2.5,z,5.0\n'
    for name in ("t.jsonl", "t.csv"):
        found = tmp_path / "o.parquet"
        assert run([f"s3://tables/{name}"], "2*a", output=str(found), **options) is None
        import polars

        assert polars.read_parquet(found)["value"].to_list() == [3.0, 5.0]
    message = run(["s3://tables/t.csv", "s3://tables/u.csv"], "a", output=str(out), **options)
    assert message.startswith("s3://tables/u.csv: row 1 (line 2), column 'a': '?' is not a number")
    assert "cannot read 's3://tables/v.csv'" in run(["s3://tables/v.csv"], "a", **options)
    for engine in ("rows", "columns"):
        options["engine"] = engine
        assert (
            run(["s3://tables/many.csv.gz"], "a*7", output=f"{tmp_path}/{engine}", **options)
            is None
        )
    assert (tmp_path / "rows").read_text().count("\n") == 100_001
    assert (tmp_path / "rows").read_bytes() == (tmp_path / "columns").read_bytes()


def test_options_of_addresses(tmp_path):
    pytest.importorskip("polars")
    (tmp_path / "t.csv").write_text("a\n1\n")
    assert "is for addresses" in run([tmp_path / "t.csv"], "a", storage=["k=v"])
    assert "takes NAME=VALUE" in run(["s3://b/t.parquet"], "a", storage=["k"])


# --- killed, and resumed --------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="needs signals")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_that_is_killed_is_resumed(environment, tmp_path, number):
    (tmp_path / "in").mkdir()
    for i in range(40):
        (tmp_path / "in" / f"{i:02}.csv").write_bytes(plain_table(4000, i))
    args = [sys.executable, "-m", "micrograd_cli", "map", NEURON, "in", "--engine", "rows"]
    options = {"env": environment, "cwd": tmp_path, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen([*args, "-o", "out/"], **options)
    while not (tmp_path / "out" / "03.csv").exists() and process.poll() is None:
        time.sleep(0.005)
    process.send_signal(number)
    process.communicate()
    assert process.returncode in (-number, 128 + number)
    whole = sorted(path.name for path in (tmp_path / "out").glob("*.csv"))
    assert 4 <= len(whole) < 40
    done = subprocess.run([*args, "-o", "out/", "--skip-existing"], **options)
    assert done.stderr == f"note: {len(whole)} of 40 outputs are there already\n"
    subprocess.run([*args, "-o", "again/"], **options, check=True)
    for path in sorted((tmp_path / "again").iterdir()):
        assert (tmp_path / "out" / path.name).read_bytes() == path.read_bytes()
    assert sorted(os.listdir(tmp_path / "out")) == sorted(os.listdir(tmp_path / "again"))


@pytest.mark.skipif(os.name == "nt", reason="needs limits of a process")
@pytest.mark.parametrize("engine", [["--engine", "rows"], ["--engine", "columns"], ["--to", "arrow"],
                                    ["--cluster", "local:2"]])  # fmt: skip
def test_a_disk_that_fills_up_between_outputs(environment, tmp_path, engine):
    """Simulated by a limit on the size of files: the second output meets it, and is not there."""
    import resource

    if "--cluster" in engine:
        pytest.importorskip("distributed")
    (tmp_path / "in").mkdir()
    for name, count in (("0", 100), ("1", 4000), ("2", 100)):
        (tmp_path / "in" / f"{name}.csv").write_bytes(plain_table(count, 1))
    args = [sys.executable, "-m", "micrograd_cli", "map", NEURON, "in", "-o", "out/", *engine]
    options = {"env": environment, "cwd": tmp_path, "capture_output": True, "text": True}
    most = 100_000
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    done = subprocess.run(args, preexec_fn=limit, **options)
    suffix = "arrow" if "arrow" in engine else "csv"
    assert done.returncode == 5
    assert done.stderr == f"error: cannot write 'out/1.{suffix}': File too large\n"
    assert {f"0.{suffix}"} <= {*os.listdir(tmp_path / "out")} <= {f"0.{suffix}", f"2.{suffix}"}
    done = subprocess.run([*args, "--skip-existing"], **options)
    assert done.returncode == 0
    assert sorted(os.listdir(tmp_path / "out")) == [f"{i}.{suffix}" for i in range(3)]
