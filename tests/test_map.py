"""`mgrad map` as a process, and its engines side by side. What it prints: cases/map.case."""

import csv
import gzip
import io
import json
import math
import os
import random
import subprocess
import sys
from contextlib import redirect_stderr
from types import SimpleNamespace

import pytest
from test_process import on_a_terminal

from micrograd_cli import MgradError, gradients, parse
from micrograd_cli.errors import DataError
from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.formats import FORMATS, format_by_name, load
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.rows.run import run_map
from micrograd_cli.rows.text.engines import take_bytes
from micrograd_cli.rows.text.records import Block

NEURON = "tanh(a*b + c)"


def mapped(folder, text, data, name="in.csv", to="out.csv", **options):
    """The output of a run over a file with these bytes, what it says, and its error or None."""
    (folder / name).write_bytes(data)
    (folder / to).unlink(missing_ok=True)
    said, error = io.StringIO(), None
    try:
        with redirect_stderr(said):
            run_map(
                MapRequest(
                    parse(text), {}, [str(folder / name)], output=str(folder / to), **options
                )
            )
    except MgradError as problem:
        error = problem.message
    out = (folder / to).read_bytes() if (folder / to).exists() else None
    return out, said.getvalue(), error


# --- streams --------------------------------------------------------------------------------------


def start(environment, *args, **options):
    return subprocess.Popen(
        [sys.executable, "-m", "micrograd_cli", "map", *args],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options,
    )  # fmt: skip


@pytest.mark.parametrize("packed", [False, True])
def test_every_line_is_answered_at_once(environment, packed):
    process = start(environment, "a^2", "--values-only", stdin=subprocess.PIPE)
    write = process.stdin.write
    for line, answer in ((b"a\n", b"a,value\n"), (b"3\n", b"3,9.0\n"), (b"4\n", b"4,16.0\n")):
        write(line)
        process.stdin.flush()
        assert process.stdout.readline() == answer
    process.stdin.close()
    assert process.wait(timeout=20) == 0


def test_the_reader_goes_away(bash):
    done = bash("(echo a; seq 1 300000) | mgrad map 'a^2' | head -n 2; echo ${PIPESTATUS[1]}")
    assert (done.stdout, done.stderr) == ("a,value,d_a\n1,1.0,2.0\n141\n", "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_one_line(bash):
    done = bash("printf 'a\\n1\\n' | mgrad map a >/dev/full")
    assert done.returncode == 5
    assert done.stderr == "error: cannot write the output: No space left on device\n"


def test_the_table_may_be_overwritten(mgrad, tmp_path):
    (tmp_path / "t.csv").write_text("a\n2\n")
    (tmp_path / "t.csv").chmod(0o640)
    assert mgrad("map", "a^2", "t.csv", "-o", "t.csv", "--values-only").returncode == 0
    assert (tmp_path / "t.csv").read_text() == "a,value\n2,4.0\n"
    assert (tmp_path / "t.csv").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]


def test_a_progress_bar_on_a_terminal(environment, tmp_path):
    (tmp_path / "t.csv").write_text("a\n" + "1\n" * 300_000)
    args = [
        "map",
        "sin(a)",
        str(tmp_path / "t.csv"),
        "-o",
        str(tmp_path / "o.csv"),
        "--engine",
        "rows",
    ]
    assert "rows/s" in on_a_terminal(environment, args)


def test_a_run_imports_only_what_it_needs(environment, tmp_path):
    (tmp_path / "t.csv").write_text("a\n1\n")
    script = ("import sys; from micrograd_cli.commands import run; run(['map', 'a', 't.csv']);"
              "print(*sys.modules, file=sys.stderr)")  # fmt: skip
    done = subprocess.run([sys.executable, "-c", script], env=environment, cwd=tmp_path,
                          capture_output=True, text=True)  # fmt: skip
    imported = set(done.stderr.split())
    assert not imported & {"numpy", "polars", "rich", "lark", "zstandard", "gzip", "json"}


# --- sizes ----------------------------------------------------------------------------------------


def test_a_million_columns(tmp_path):
    names = [f"c{i}" for i in range(1_000_000)]
    data = f"{','.join(names)}\n{','.join(['1'] * len(names))}\n".encode()
    out, _, error = mapped(tmp_path, "c7*c999999", data, only_results=True)
    assert (out, error) == (b"value,d_c7,d_c999999\n1.0,1.0,1.0\n", None)
    _, _, error = mapped(tmp_path, "d", data)
    assert "(1,000,000 columns)" in error


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_cell_of_100_mb(tmp_path, quote):
    cell = quote + "x" * 100_000_000 + quote
    out, _, error = mapped(tmp_path, "a", f"a,s\n1,{cell}\n2,y\n".encode(), wrt=[])
    assert error is None
    assert out == f"a,s,value\n1,{cell},1.0\n2,y,2.0\n".encode()


def test_a_number_of_100_mb(tmp_path):
    _, _, error = mapped(tmp_path, "a", b"a,s\n" + b"x" * 100_000_000 + b",1\n")
    assert error.endswith("column 'a': '" + "x" * 37 + "...' is not a number")


# --- bytes ----------------------------------------------------------------------------------------


def tables(seed, newline="\n"):
    """A CSV with all that it may have, its columns a and b, and how csv reads it."""
    rng = random.Random(seed)
    texts = [
        "",
        "x",
        "é",
        '"a, b"',
        '"say ""hi"""',
        '"two\nlines"',
        'a" b',
        " ",
        "'",
        "0x1",
        "\u2028",
    ]
    numbers = ["1", "-0", "2.50", "1e-3", ".5", "+7", " 8", "1e400", '"3"', "123456789012345678901"]
    lines = ["s,a,t,b"]
    for _ in range(rng.randrange(200)):
        pick = rng.choice
        lines.append(",".join([pick(texts), pick(numbers), pick(texts), pick(numbers)]))
    return (newline.join(lines) + newline * rng.choice([0, 1])).encode()


@pytest.mark.parametrize("engine", ["rows", "columns"])
@pytest.mark.parametrize("seed", range(12))
def test_the_columns_come_through_byte_for_byte(tmp_path, engine, seed):
    if engine == "columns":
        pytest.importorskip("polars")
    newline = "\n" if seed % 3 else "\r\n"
    data = tables(seed, newline)
    out, _, error = mapped(tmp_path, "a*b", data, engine=engine)
    assert error is None
    before = list(csv.reader(io.StringIO(data.decode(), newline="")))
    after = list(csv.reader(io.StringIO(out.decode(), newline="")))
    assert [row[:4] for row in after] == [row[:4] for row in before]
    for row in after[1:]:
        value, grad = gradients("a*b", a=float(row[1]), b=float(row[3]))
        assert row[4:] == [repr(value), repr(grad["a"]), repr(grad["b"])]
    stripped = out.decode()
    for row in after:  # what is left without the results is the input
        stripped = stripped.replace("," + ",".join(row[4:]) + newline, newline, 1)
    assert stripped.rstrip("\r\n") == data.decode().rstrip("\r\n")


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_blocks_of_any_size_give_the_same(tmp_path, monkeypatch, size):
    data = tables(3)
    want = mapped(tmp_path, "a*b", data)
    monkeypatch.setattr("micrograd_cli.files.blocks.SMALL", size)
    assert mapped(tmp_path, "a*b", data) == want


@pytest.mark.parametrize("to", ["csv", "tsv", "jsonl"])
def test_formats_there_and_back(tmp_path, to):
    rows = [{"s": 'x\ty,"z"\n', "a": 1.5, "n": None}, {"s": "é", "a": -2, "n": True}]
    data = "".join(f"{json.dumps(row)}\n" for row in rows).encode()
    out, _, _ = mapped(tmp_path, "a^2", data, "in.jsonl", f"out.{to}.gz")
    there = gzip.decompress(out)
    back, _, _ = mapped(tmp_path, "a + 0", there, f"in.{to}", "out.jsonl", prefix="x")
    found = [json.loads(line) for line in back.decode().splitlines()]
    assert [row["xvalue"] for row in found] == [1.5, -2.0]
    assert [row["s"] for row in found] == [row["s"] for row in rows]


def test_zst(tmp_path):
    zstandard = pytest.importorskip("zstandard")
    data = zstandard.compress(b"a\n3\n")
    out, _, error = mapped(tmp_path, "a^2", data, "in.csv.zst", "out.csv.zst", wrt=[])
    assert error is None
    assert zstandard.ZstdDecompressor().decompressobj().decompress(out) == b"a,value\n3,9.0\n"


# --- the two engines ------------------------------------------------------------------------------


def plain_table(rows, seed=1):
    rng = random.Random(seed)
    lines = ["a,b,c"]
    for _ in range(rows):
        a, b, c = (rng.gauss(0, 1) * 10 ** rng.uniform(-8, 4) for _ in range(3))
        lines.append(f"{a!r},{b:.3f},{c:e}")
    return "\n".join(lines).encode() + b"\n"


def numbers(out):
    return [
        [float(cell or "nan") for cell in line.split(",")] for line in out.decode().splitlines()[1:]
    ]


@pytest.mark.parametrize("text", [NEURON, "where(a > 0, sqrt(a), b)*c", "erfc(a)/b", "log(c)", "7"])
@pytest.mark.parametrize("options", [{}, {"only_results": True}, {"on_error": "record"}])
def test_columns_give_what_rows_give(tmp_path, text, options):
    pytest.importorskip("polars")
    from test_column import distance

    data = plain_table(3000)
    rows, columns = (
        mapped(tmp_path, text, data, engine=engine, **options) for engine in ("rows", "columns")
    )
    assert rows[1:] == columns[1:]
    assert len(rows[0].splitlines()) == len(columns[0].splitlines())
    if options.get("on_error"):
        return
    for want, got in zip(numbers(rows[0]), numbers(columns[0]), strict=True):
        assert all(distance(a, b) <= 8 for a, b in zip(got, want, strict=True)), (got, want)


QUOTED = b'id,a,b,"c, d"\n' + b"".join(
    b'"r""%d",%d.5,"%d",\n%d,1,2,"x, y"\n' % (i, i, -i, i) for i in range(200)
)
PLAIN_CSV = b"id,a,b,c d\n" + b"".join(
    b"007,%d.5,%de-3,\xc3\xa9 x\n-0,.5, 2,1e5\n" % (i, -i) for i in range(200)
)
OBJECTS = b"".join(
    b'{"id": "r, %d", "a": %d, "b": -1.5e-%d}\n  { "b":2 , "a" : 0.1,"x":null} \n' % (i, i, i % 9)
    for i in range(200)
)
ODD_OBJECTS = [b'{"a": 1, "b": 2, "a": 3}', b'{"a": "1", "b": 2}', b'{"a": true, "b": 2}', b'{"b": 2}',
               b'{"a": {"a": 1}, "b": [2]}', b'{"s": "\\"a\\": 1", "a": 2, "b": 1}', b'{"a": 01, "b": 2}',
               b'{"a": 1, "b": 2', b'{"a": 1 "b": 2}', b"[1, 2]", b"7", b'{"a": null, "b": 2}', b"", b"{}",
               b'{"a": NaN, "b": 2}', b'{"a": 1e400, "b": 2}', b'{"a": 1, "b": 2}\r', b'{"a": 1, "b": 2,}',
               b'{"a": 123456789012345678901234567890, "b": 2}', b'{"\\u0061": 1, "b": 2}',
               b'\xff{"a": 1, "b": 2}', b'{"a": 1, "b": 2, "t": "\t"}', b'{"a": -0, "b": 2}']  # fmt: skip
ODD_CELLS = [b'1,2,"3', b'a"b,2,3,4', b' "1",2,3,4', b'"1" ,2,3,4', b'"x\ny",1,2,3', b'"1,2",3,4', b'""',
             b'a,"2",3,"',  b"a\tb,1,2,3", b"a\\b,1,2,3", b"\x01,1,2,3", b"\xff,1,2,3", b',"1.5","",""',
             b',"x",1,2', b'"""",1,2,""""""']  # fmt: skip


def same_by_both(folder, data, name, to, text="a*b", **options):
    pytest.importorskip("polars")
    rows, columns = (
        mapped(folder, text, data, name, to, engine=engine, **options)
        for engine in ("rows", "columns")
    )
    assert rows == columns
    return rows


@pytest.mark.parametrize("data", [QUOTED, PLAIN_CSV, PLAIN_CSV.replace(b"\n", b"\r\n")])
@pytest.mark.parametrize("to", ["out.csv", "out.tsv", "out.jsonl"])
@pytest.mark.parametrize("options", [{}, {"only_results": True}, {"on_error": "record"}])
def test_any_text_to_any_other(tmp_path, monkeypatch, data, to, options):
    pytest.importorskip("polars")
    from micrograd_cli.rows.columns.engine import ColumnEngine

    _, said, error = same_by_both(tmp_path, data, "in.csv", to, "1/(a*b)", **options)
    assert error is None
    assert "inf or nan" in said
    parts = []
    computed = ColumnEngine.compute
    monkeypatch.setattr(ColumnEngine, "compute", lambda *x: parts.append(computed(*x)) or parts[-1])
    mapped(tmp_path, "1/(a*b)", data, "in.csv", to, engine="columns", **options)
    fits = data is not QUOTED or to == "out.csv" or options.get("only_results", False)
    assert [part.pieces is not None for part in parts] == [fits]


@pytest.mark.parametrize("nonfinite", ["null", "string"])
@pytest.mark.parametrize("options", [{}, {"only_results": True}, {"on_error": "record"}])
def test_objects_by_both(tmp_path, monkeypatch, nonfinite, options):
    pytest.importorskip("polars")
    from micrograd_cli.rows.text.engine import RowEngine

    _, _, error = same_by_both(tmp_path, OBJECTS, "in.jsonl", "out.jsonl", "1/a + b",
                               nonfinite=nonfinite, **options)  # fmt: skip
    assert error is None
    monkeypatch.setattr(RowEngine, "answer", None)  # the column engine did it all
    mapped(tmp_path, "1/a + b", OBJECTS, "in.jsonl", "out.jsonl", engine="columns", **options)


@pytest.mark.parametrize("on_error", ["stop", "skip", "record"])
@pytest.mark.parametrize("bad", ODD_OBJECTS)
def test_odd_objects_are_the_same_to_both(tmp_path, bad, on_error):
    data = OBJECTS + bad + b"\n" + OBJECTS + bad + b"\n"
    same_by_both(tmp_path, data, "in.jsonl", "out.jsonl", on_error=on_error)


@pytest.mark.parametrize("on_error", ["stop", "skip", "record"])
@pytest.mark.parametrize("to", ["out.csv", "out.tsv", "out.jsonl"])
@pytest.mark.parametrize("bad", ODD_CELLS)
def test_odd_cells_are_the_same_to_both(tmp_path, bad, to, on_error):
    for table in (QUOTED, PLAIN_CSV):
        data = table + bad + b"\n" + table.partition(b"\n")[2]
        same_by_both(tmp_path, data, "in.csv", to, on_error=on_error)


@pytest.mark.parametrize("text", ["a*b + c", "a*b"])
@pytest.mark.parametrize("on_error", ["stop", "skip", "record"])
@pytest.mark.parametrize("bad", [b"1,x,2", b"1,,2", b"1,2", b"1,2,3,4", b"1,2\n1,2,3,4", b"1,1_0,2", b"\xff,1,2",
                                 b'1,"2",3', b"1,2,\x1f3", b"", b"1, 2 ,3", b"1,2,3\r"])  # fmt: skip
def test_bad_rows_are_the_same_to_both(tmp_path, bad, on_error, text):
    pytest.importorskip("polars")
    lines = b"1,2,3\n" * 100
    data = b"a,b,c\n" + lines + bad + b"\n" + lines + bad + b"\n" + lines
    rows, columns = (
        mapped(tmp_path, text, data, engine=engine, on_error=on_error)
        for engine in ("rows", "columns")
    )
    assert rows == columns


def test_the_floats_are_written_as_repr_writes_them():
    polars = pytest.importorskip("polars")
    import numpy

    from micrograd_cli.rows.columns.floats import float_texts
    from micrograd_cli.rows.columns.writers import delimited_rows

    rng = random.Random(2)
    sizes = [10 ** rng.uniform(-323, 308) for _ in range(20_000)] + [
        10.0**n for n in range(-20, 25)
    ]
    floats = [s * sign for s in sizes for sign in (1, -1)] + [
        0.0,
        -0.0,
        1e22,
        float("inf"),
        float("nan"),
    ]
    sink = SimpleNamespace(
        errors=True, added=None, newline="\n", dialect=SimpleNamespace(delimiter=",")
    )
    arrays = [numpy.array(floats), numpy.array(floats[::-1])]
    pieces = delimited_rows(sink, polars.Series("line", ["é"] * len(floats)), arrays)
    assert b"".join(pieces).decode() == "".join(
        f"é,{x!r},{y!r},\n" for x, y in zip(floats, reversed(floats), strict=True)
    )
    frame = float_texts(polars.Series(numpy.array(floats))).to_frame("x")
    assert frame.write_csv(include_header=False).split("\n")[:-1] == [repr(x) for x in floats]


def test_a_pipe_goes_by_rows_up_to_the_same_line():
    text = b"".join(b"%d\n" % i for i in range(5000))
    for size in (1, 10, 1000, 30_000):
        blocks = [text[i : i + size] for i in range(0, len(text), size)]
        rest = []
        lines = (Block(b + b"" if b.endswith(b"\n") else b) for b in whole_lines(blocks))
        head = b"".join(block.data for block in take_bytes(lines, 7001, rest))
        assert head == text[: text.index(b"\n", 7001) + 1]


def whole_lines(blocks):
    held = b""
    for block in blocks:
        held += block
        end = held.rfind(b"\n") + 1
        if end:
            yield held[:end]
            held = held[end:]
    if held:
        yield held


# --- Parquet and Arrow ----------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["parquet", "arrow"])
def test_binary_files(tmp_path, format_):
    polars = pytest.importorskip("polars")
    data = b"id,a,b\n007,1,2\n008,3,4.5\n"
    _, _, error = mapped(tmp_path, "a*b", data, to=f"t.{format_}")
    assert error is None
    read = polars.read_parquet if format_ == "parquet" else polars.read_ipc
    frame = read(tmp_path / f"t.{format_}")
    assert frame.columns == ["id", "a", "b", "value", "d_a", "d_b"]
    assert frame.row(1) == ("008", 3.0, 4.5, 13.5, 4.5, 3.0)
    table = (tmp_path / f"t.{format_}").read_bytes()
    out, _, _ = mapped(tmp_path, "value^2", table, f"t.{format_}", "out.csv", prefix="x", wrt=[])
    assert (
        out
        == b"id,a,b,value,d_a,d_b,xvalue\n007,1.0,2.0,2.0,2.0,1.0,4.0\n008,3.0,4.5,13.5,4.5,3.0,182.25\n"
    )


def test_a_header_alone_gives_a_parquet_file_with_its_columns(tmp_path):
    polars = pytest.importorskip("polars")
    _, _, error = mapped(tmp_path, "a^2", b"s,a\n", to="t.parquet")
    assert error is None
    frame = polars.read_parquet(tmp_path / "t.parquet")
    assert (frame.columns, frame.height) == (["s", "a", "value", "d_a"], 0)


@pytest.mark.parametrize(("on_error", "rows"), [("stop", None), ("skip", 2), ("record", 3)])
def test_bad_rows_of_binary_files(tmp_path, on_error, rows):
    polars = pytest.importorskip("polars")
    polars.DataFrame({"a": [1.0, None, 3.0], "s": ["x", "y", "z"]}).write_parquet(tmp_path / "t.pq")
    data = (tmp_path / "t.pq").read_bytes()
    out, said, error = mapped(tmp_path, "a^2", data, "t.pq", "o.jsonl", on_error=on_error)
    if rows is None:
        assert error.endswith("t.pq: row 2, column 'a': the cell is empty")
        return
    found = [json.loads(line) for line in out.decode().splitlines()]
    assert len(found) == rows
    assert said.startswith(("warning: 1 row ", "warning: 1 bad row"))
    if on_error == "record":
        assert [row["error"] for row in found] == [None, "column 'a': the cell is empty", None]


def test_without_the_extra_it_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("micrograd_cli.rows.formats.find_spec", lambda name: None)
    for options in ({"to": "out.parquet"}, {"engine": "columns"}):
        _, _, error = mapped(tmp_path, "a", b"a\n1\n", **options)
        assert "NumPy and Polars" in error
    out, _, error = mapped(tmp_path, "a", b"a\n1\n")
    assert error is None
    assert out == b"a,value,d_a\n1,1.0,1.0\n"


@pytest.mark.parametrize(("on_error", "rows"), [("stop", None), ("skip", 2), ("record", 4)])
def test_uneven_rows_on_the_way_to_a_binary_file(tmp_path, on_error, rows):
    polars = pytest.importorskip("polars")
    data = b"a,b\n1,2\n1\n4,5\nx,1\n"
    _, said, error = mapped(tmp_path, "a*b", data, to="t.parquet", on_error=on_error)
    if rows is None:
        assert error.endswith("in.csv: row 2, 1 cell where there should be 2")
        assert not (tmp_path / "t.parquet").exists()
        return
    assert said.startswith(("warning: 2 rows ", "warning: 2 bad rows"))
    frame = polars.read_parquet(tmp_path / "t.parquet")
    assert frame.height == rows
    if on_error == "record":
        assert frame["error"].to_list() == [None, "1 cell where there should be 2", None,
                                            "column 'a': 'x' is not a number"]  # fmt: skip
        assert frame["value"].to_list() == [2.0, None, 20.0, None]


def test_binary_files_to_text_and_objects(tmp_path):
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"a": [1e-7, None, 0.0, 1e16], "s": ['x,"é', None, "", "\n"],
                              "n": [1, 2, None, 4], "t": [True, None, False, True]})  # fmt: skip
    frame.write_parquet(tmp_path / "t.pq")
    data = (tmp_path / "t.pq").read_bytes()
    out, _, _ = mapped(tmp_path, "1/a", data, "t.pq", "o.jsonl", on_error="record", wrt=[],
                       nonfinite="string")  # fmt: skip
    found = [json.loads(line) for line in out.decode().splitlines()]
    assert out.startswith(
        b'{"a": 1e-07, "s": "x,\\"\xc3\xa9", "n": 1, "t": true, "value": 10000000.0,'
    )
    assert [row["value"] for row in found] == [1e7, None, "inf", 1e-16]
    assert [row["s"] for row in found] == frame["s"].to_list()
    assert [row["t"] for row in found] == frame["t"].to_list()
    out, _, _ = mapped(tmp_path, "1/a", data, "t.pq", "o.csv", on_error="skip", wrt=[])
    found = list(csv.DictReader(io.StringIO(out.decode(), newline="")))
    assert [(row["a"], row["value"]) for row in found] == [
        ("1e-07", "10000000.0"), ("0.0", "inf"), ("1e+16", "1e-16")]  # fmt: skip


def test_a_parquet_file_without_rows(tmp_path):
    polars = pytest.importorskip("polars")
    polars.DataFrame(schema={"a": polars.Float64}).write_parquet(tmp_path / "t.pq")
    out, _, error = mapped(tmp_path, "a", (tmp_path / "t.pq").read_bytes(), "t.pq", "o.csv")
    assert (out, error) == (b"a,value,d_a\n", None)


@pytest.mark.parametrize("name", ["t.parquet", "t.csv"])
def test_the_plan_and_the_first_rows(mgrad, tmp_path, name):
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"a": [1.5, 2.5]})
    frame.write_parquet(tmp_path / name) if "parquet" in name else frame.write_csv(tmp_path / name)
    done = mgrad("map", "a^2", name, "-o", "o.parquet", "--dry-run")
    assert done.returncode == 0
    assert "output   o.parquet: parquet\nengine   columns\n" in done.stdout
    assert "│ 2.5 │" in done.stdout
    assert "6.25" in mgrad("map", "a^2", name, "--head", "2").stdout
    assert not (tmp_path / "o.parquet").exists()


# --- formats ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["rows", "columns"])
def test_a_new_format_is_a_row_of_the_table(tmp_path, monkeypatch, engine):
    polars = pytest.importorskip("polars")
    row = FORMATS["csv"]._replace(name="psv", suffixes=("psv", "bar"), delimiter="|")
    monkeypatch.setitem(FORMATS, "psv", row)
    out, _, error = mapped(
        tmp_path, "a*b", b"a|b\n1|2\n", "in.bar", "out.jsonl", engine=engine, wrt=[]
    )
    assert (out, error) == (b'{"a": 1, "b": 2, "value": 2.0}\n', None)
    for name, data in (("in.jsonl", out), ("in.csv", b"a,b,value\n1,2,2.0\n")):
        back, _, _ = mapped(
            tmp_path, "a", data, name, "out.psv.gz", engine=engine, wrt=[], prefix="x"
        )
        assert gzip.decompress(back) == b"a|b|value|xvalue\n1|2|2.0|1.0\n"
    polars.DataFrame({"a": [1.0]}).write_parquet(tmp_path / "in.pq")
    data = (tmp_path / "in.pq").read_bytes()
    out, _, _ = mapped(tmp_path, "a", data, "in.pq", "o.dat", target_format="psv")
    assert out == b"a|value|d_a\n1.0|1.0|1.0\n"
    _, _, error = mapped(tmp_path, "a", data, "in.pq", "o.dat", delimiter=";")
    assert error.startswith(
        "--delimiter, --decimal, --no-header and --columns are for csv and tsv and psv"
    )


@pytest.mark.parametrize("row", FORMATS.values(), ids=FORMATS)
def test_what_a_row_names_is_there(row):
    pytest.importorskip("polars")
    assert all(callable(load(place)) for place in (row.reader, row.writer))
    assert row.binary or callable(load(row.frame_writer))
    for suffix in row.suffixes:
        assert format_by_name(f"x.{suffix.upper()}") is row
        assert format_by_name(f"x.{suffix}.gz") is row
        assert format_by_name(suffix) is None


@pytest.mark.parametrize("path", ["t.parquet.gz", "t.arrow.zst"])
def test_a_binary_file_is_not_packed(tmp_path, path):
    pytest.importorskip("polars")
    out, _, error = mapped(tmp_path, "a", b"a\n1\n", to=path)
    assert out is None
    assert error.endswith(" is compressed within")


# --- what is hostile or hardly there --------------------------------------------------------------


@pytest.mark.parametrize("to", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (b'"a"x,b', "',' expected after a closing quote"),
        (b'a,"b', "a quoted cell is not closed"),
        (b'a,"b\nc', "a quoted cell is not closed"),
    ],
)
def test_a_header_with_bad_quotes(tmp_path, header, reason, to):
    pytest.importorskip("polars")
    out, _, error = mapped(tmp_path, "a", header + b"\n1,2\n", to=f"o.{to}")
    assert (out, error) == (None, f"the header of {tmp_path / 'in.csv'}: {reason}")


def test_a_header_that_a_carriage_return_ends(tmp_path):
    out, _, error = mapped(tmp_path, "a", b'a,"b"\r1,2\r\n1,2\n')
    said = f"a carriage return alone ends the lines of {tmp_path / 'in.csv'}"
    assert (out, error) == (None, said)


EMPTY = {
    "nothing": (b"", {}),
    "blank lines": (b"\n \n", {}),
    "all rows left out": (b"7\n[1]\n{\n", {"on_error": "skip"}),
    "their inputs are bad": (b'{"a": "x"}\n{"a": null}\n', {"on_error": "skip"}),
}


@pytest.mark.parametrize("case", EMPTY)
@pytest.mark.parametrize("to", ["csv", "jsonl", "parquet", "arrow"])
def test_objects_of_which_none_is_left(tmp_path, case, to):
    polars = pytest.importorskip("polars")
    data, options = EMPTY[case]
    out, _, error = mapped(tmp_path, "k = 2; a^k", data, "in.jsonl", f"o.{to}", **options)
    assert error is None
    if to == "jsonl":
        assert out == b""
        return
    read = {"csv": polars.read_csv, "parquet": polars.read_parquet, "arrow": polars.read_ipc}
    frame = read[to](tmp_path / f"o.{to}")
    assert (frame.columns, frame.height) == (["a", "value", "d_k", "d_a"], 0)


@pytest.mark.parametrize("to", ["csv", "parquet"])
def test_objects_without_columns(tmp_path, to):
    polars = pytest.importorskip("polars")
    _, said, error = mapped(
        tmp_path, "2*3", b"{}\n7\n{}\n", "in.jsonl", f"o.{to}", on_error="record"
    )
    assert error is None
    assert said.startswith("warning: 1 bad row")
    read = {"csv": polars.read_csv, "parquet": polars.read_parquet}
    frame = read[to](tmp_path / f"o.{to}")
    assert frame["value"].to_list() == [6.0, None, 6.0]
    assert frame["error"].to_list() == [None, "7 is not a JSON object", None]


@pytest.mark.parametrize("to", ["parquet", "arrow"])
@pytest.mark.parametrize("on_error", ["skip", "record"])
def test_rows_that_are_all_bad(tmp_path, to, on_error):
    polars = pytest.importorskip("polars")
    _, _, error = mapped(tmp_path, "a", b"a,s\nx,1\n2\n", to=f"o.{to}", on_error=on_error)
    assert error is None
    frame = (polars.read_parquet if to == "parquet" else polars.read_ipc)(tmp_path / f"o.{to}")
    assert frame.columns == ["a", "s", "value", "d_a", *["error"] * (on_error == "record")]
    assert frame.height == (2 if on_error == "record" else 0)


def test_spaces_around_numbers_on_the_way_to_a_binary_file(tmp_path):
    polars = pytest.importorskip("polars")
    mapped(tmp_path, "a", b"a,s\n 8,x\n-1.5\t,y\n", to="o.parquet", wrt=[])
    rows = polars.read_parquet(tmp_path / "o.parquet").rows()
    assert rows == [(8.0, "x", 8.0), (-1.5, "y", -1.5)]


@pytest.mark.parametrize("to", ["parquet", "arrow"])
def test_two_columns_of_a_name_on_the_way_to_a_binary_file(tmp_path, to):
    pytest.importorskip("polars")
    out, _, error = mapped(tmp_path, "x", b"x,a,a\n1,2,3\n", to=f"o.{to}")
    assert out is None
    assert error.endswith(": duplicate column 'a'")


@pytest.mark.parametrize("depth", [400, 1500, 100_000])
@pytest.mark.parametrize("to", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("on_error", ["stop", "record"])
def test_an_object_that_is_nested_deep(tmp_path, depth, to, on_error):
    pytest.importorskip("polars")
    deep = b"[" * depth + b"]" * depth
    data = b'{"a": 1, "s": %b}\n{"a": 2, "s": 3}\n' % deep
    out, _, error = mapped(tmp_path, "a", data, "in.jsonl", f"o.{to}", on_error=on_error)
    if on_error == "record" or depth == 400:
        assert error is None
        assert to != "csv" or out.endswith(b"2,3,2.0,1.0" + b"," * (on_error == "record") + b"\n")
    else:
        assert error is None or error.endswith("it is nested too deep")
        assert error is not None or depth < 100_000


@pytest.mark.parametrize("to", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("half", ["ud800", "uDC80"])
def test_half_a_character_in_an_object(tmp_path, to, half):
    pytest.importorskip("polars")
    data = b'{"a": 1, "s": "x"}\n{"a": 2, "s": ["\\%b"]}\n' % half.encode()
    out, _, error = mapped(tmp_path, "a", data, "in.jsonl", f"o.{to}")
    if to == "jsonl":
        assert json.loads(out.splitlines()[1]) == {
            "a": 2,
            "s": [chr(int(half[1:], 16))],
            "value": 2.0,
            "d_a": 1.0,
        }
        return
    assert (
        error.endswith(f"row 2 (line 2), \\{half.lower()} is half a character") or to == "parquet"
    )
    assert error.endswith(f", \\{half.lower()} is half a character")
    key = b'{"a": 1, "\\%b": 2}\n' % half.encode()
    _, _, error = mapped(tmp_path, "a", key, "in.jsonl", f"o.{to}")
    assert error.endswith(f"a column name is not text: \\{half.lower()} is half a character")


def test_objects_in_a_parquet_file_are_json(tmp_path):
    polars = pytest.importorskip("polars")
    data = b'{"a": 1.50, "s": {"x": "\xc3\xa9", "y": [1, 2.50, null]}, "t": true, "n": null}\n'
    mapped(tmp_path, "a", data, "in.jsonl", "o.parquet", wrt=[])
    row = polars.read_parquet(tmp_path / "o.parquet").row(0)
    assert row == (1.5, '{"x": "é", "y": [1, 2.50, null]}', "true", None, 1.5)


def odd_columns(polars):
    from datetime import date, datetime, time, timedelta
    from decimal import Decimal

    return {
        "list": [[1]], "struct": [{"x": 1}], "binary": [b"x"], "binaries": [[b"x"]], "date": [date(2020, 1, 1)],
        "datetime": [datetime(2020, 1, 1)], "time": [time(1)], "duration": [timedelta(1)], "decimal": [Decimal("1.5")],
        "category": polars.Series(["x"], dtype=polars.Categorical), "enum": polars.Series(["x"], dtype=polars.Enum(["x"])),
        "null": [None], "array": polars.Series([[1, 2]], dtype=polars.Array(polars.Int8, 2)),
        "float32": polars.Series([1.5], dtype=polars.Float32), "bool": [True], "text": ["1"],
    }  # fmt: skip


NO_NUMBERS = "list struct binary binaries date datetime time duration category enum array".split()
NO_CELLS = "list struct binary binaries duration array".split()
NO_JSON = "binary binaries".split()


@pytest.mark.parametrize("name", [*NO_NUMBERS, "decimal", "null", "float32", "bool", "text"])
def test_columns_of_any_type(tmp_path, name):
    polars = pytest.importorskip("polars")
    polars.DataFrame({"a": [1.0], "x": odd_columns(polars)[name]}).write_parquet(tmp_path / "t.pq")
    data = (tmp_path / "t.pq").read_bytes()
    for to, refused in (("csv", NO_CELLS), ("tsv", NO_CELLS), ("jsonl", NO_JSON), ("arrow", [])):
        out, _, error = mapped(tmp_path, "a", data, "t.pq", f"o.{to}")
        assert (error is not None) == (out is None) == (name in refused), (to, error)
        assert error is None or f"{to} has no place for column 'x' of " in error
    _, _, error = mapped(tmp_path, "x", data, "t.pq", "o.csv", only_results=True)
    wrong = name in NO_NUMBERS
    assert (error is not None) == (wrong or name == "null"), error
    assert not wrong or "column 'x' holds no numbers but " in error


@pytest.mark.parametrize("format_", ["parquet", "arrow"])
def test_damaged_binary_files(tmp_path, format_):
    polars = pytest.importorskip("polars")
    rng = random.Random(5)
    frame = polars.DataFrame({"a": [rng.random() for _ in range(3000)], "s": ["x"] * 3000})
    path = tmp_path / f"t.{format_}"
    frame.write_parquet(path) if format_ == "parquet" else frame.write_ipc(path)
    data = path.read_bytes()
    for _ in range(60):
        damaged = bytearray(data)
        for _ in range(rng.randrange(1, 4)):
            damaged[rng.choice([rng.randrange(len(data)), -rng.randrange(1, 400)])] ^= (
                rng.randrange(1, 256)
            )
        cut = rng.choice([len(data), len(data), rng.randrange(len(data))])
        for to in ("csv", "parquet"):
            mapped(tmp_path, "a", bytes(damaged[:cut]), f"t.{format_}", f"o.{to}")


@pytest.mark.parametrize("delimiter", "0123456789.+-eainf")
def test_a_delimiter_of_which_numbers_are_made(mgrad, tmp_path, delimiter):
    (tmp_path / "t.csv").write_text(f"x{delimiter}y\n")
    done = mgrad("map", "2*3", "t.csv", "--delimiter", delimiter, "--dry-run")
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: --delimiter '{delimiter}' occurs in numbers\n")


@pytest.mark.parametrize("engine", ["rows", "columns"])
@pytest.mark.parametrize("delimiter", ";|: _'E#~\x01\x1f")
def test_any_other_delimiter(tmp_path, delimiter, engine):
    pytest.importorskip("polars")
    cells = ["1e-7", "1e300", "0.5", "0"]
    data = "\n".join(["a", *cells, "x", ""]).encode()
    out, _, error = mapped(
        tmp_path, "1/a", data, delimiter=delimiter, engine=engine, on_error="record"
    )
    assert error is None
    rows = list(csv.reader(io.StringIO(out.decode()), delimiter=delimiter))
    assert rows.pop(0) == ["a", "value", "d_a", "error"]
    assert rows.pop() == ["x", "", "", "column 'a': 'x' is not a number"]
    for cell, row in zip(cells, rows, strict=True):
        value, grad = gradients("1/a", a=float(cell))
        assert row == [cell, repr(value), repr(grad["a"]), ""]


@pytest.mark.parametrize("engine", ["rows", "columns"])
def test_a_table_with_dots_between_cells_may_be_read(tmp_path, engine):
    pytest.importorskip("polars")
    out, _, error = mapped(
        tmp_path, "a*b", b"a.b\n1.2\n", to="o.jsonl", delimiter=".", engine=engine, wrt=[]
    )
    assert (out, error) == (b'{"a": 1, "b": 2, "value": 2.0}\n', None)


@pytest.mark.parametrize("engine", ["rows", "columns"])
def test_an_object_that_has_the_name_of_a_result_is_a_bad_row(tmp_path, engine):
    lines = [f'{{"a": {i}}}' for i in range(100)]
    lines[60] = '{"a": 1, "value": 3}'
    lines[70] = '{"a": 1, "s": {"value": 3}}'
    data = "\n".join([*lines, ""]).encode()
    out, _, error = mapped(tmp_path, "a^2", data, "t.jsonl", "o.jsonl", engine=engine)
    assert error.endswith("row 61 (line 61), the row has a field 'value' already (--prefix)")
    assert out is None
    out, _, error = mapped(
        tmp_path, "a^2", data, "t.jsonl", "o.jsonl", engine=engine, on_error="skip"
    )
    assert len(out.splitlines()) == 99
    assert not error
    assert b'"s": {"value": 3}, "value": 1.0' in out


@pytest.mark.parametrize("engine", ["rows", "columns"])
@pytest.mark.parametrize("name", ["t.csv", "t.jsonl"])
def test_missing_numbers_are_nan_in_both_engines_and_every_format(tmp_path, engine, name):
    polars = pytest.importorskip("polars")
    cells = ["1.5", "NA", "-999", "", "2"] * 30
    data = "a,b\n" + "".join(f"{cell},1\n" for cell in cells)
    if name.endswith("jsonl"):
        texts = {"NA": '"NA"', "": "null"}
        data = "".join(f'{{"a": {texts.get(cell, cell)}, "b": 1}}\n' for cell in cells)
    wanted = [1.5, math.nan, math.nan, math.nan, 2.0] * 30
    options = {"na": ["NA", "-999", "", "null"], "wrt": [], "only_results": True}
    out, _, error = mapped(
        tmp_path, "a*b", data.encode(), name, engine=engine, to="o.csv", **options
    )
    values = [float(line) for line in out.split()[1:]]
    assert error is None
    assert repr(values) == repr(wanted)
    if engine == "columns":
        mapped(tmp_path, "a*b", data.encode(), name, to="o.parquet", **options)
        assert repr(polars.read_parquet(tmp_path / "o.parquet")["value"].to_list()) == repr(wanted)


def test_missing_numbers_of_parquet(tmp_path):
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"x": [1.0, None, -999.0], "n": [1, 2, None], "s": ["1", "NA", " 3 "]})
    frame.write_parquet(tmp_path / "t.pq")
    data = (tmp_path / "t.pq").read_bytes()
    out, _, error = mapped(
        tmp_path, "x; n; s", data, "t.pq", na=["null", "-999", "NA"], wrt=[], only_results=True
    )
    assert error is None
    assert out.decode().split() == ["o1,o2,o3", "1.0,1.0,1.0", "nan,2.0,nan", "nan,nan,3.0"]


def test_a_decimal_comma_reaches_parquet(tmp_path):
    polars = pytest.importorskip("polars")
    data = b"a;b\n1,5;2\n-1e-3;,5\n"
    mapped(tmp_path, "a*b", data, to="o.parquet", decimal=",", wrt=[])
    assert polars.read_parquet(tmp_path / "o.parquet")["value"].to_list() == [3.0, -5e-4]
    _, _, error = mapped(tmp_path, "a*b", b"a;b\n1.5;2\n", to="o.parquet", decimal=",", wrt=[])
    assert error.endswith("column 'a': '1.5' is not a number")


# --- words and edges of every reader --------------------------------------------------------------

FILES = {
    "t.csv": "a,b\n1,2\n3,4\n", "three.csv": "a,b,c\n1,2,3\n", "t.dat": "a,b\n1,2\n",
    "folder/x.csv": "a,b\n5,6\n", "q.csv": 'a,b\n"1",2\n3,4\n', "bad.csv": "a,b\n1,2\nx,4\n\n5,6\n",
    "s1.csv": "a;b\n1;2\n", "s2.csv": "a;b\n3;4\n", "n.jsonl": '{"a":1,"b":null}\n',
    "more.jsonl": '{"a":1,"b":2}\n{"a":1,"b":2,"c":3}\n', "r.jsonl": '{"a":5,"b":2}\n',
    "p.jsonl": '{"b":2,"a":1}\n', "list.jsonl": '{"x":[1,2]}\n{"x":[1]}\n',
    "deep.jsonl": '{"a":1,"b":' + 600 * "[" + 600 * "]" + "}\n",
}  # fmt: skip
CALLS = [
    ("a t.csv --no-header --columns a,a", 2, "--columns names a column twice"),
    ("a - --from parquet", 2, "parquet is read from a file, not from a pipe"),
    ("a t.csv --to parquet -o -", 2, "parquet is written to a file"),
    ("a t.csv --bind a=zz", 2, "t.csv has no column 'zz'"),
    ("a t.csv --bind a", 2, "--bind takes NAME=COLUMN,COLUMN..., not 'a'"),
    ("input[x[2];[sum(x) t.csv --bind x=a", 2, "--bind x: expected 2 columns, got 1"),
    ("k*a*z t.csv --k 1 --reduce sum", 2, "t.csv has no column 'z'; it has a, b"),
    ("a - -", 2, "standard input is named twice"),
    ("a s3://b/*.parquet --to csv -o out/", 2, "the glob 's3://b/*.parquet' has one output"),
    ("a more.jsonl --to csv", 5, "row 2 (line 2), column 'c': the first row has no such column"),
    ("input[x[2];[sum(x) list.jsonl --to csv", 5, "column 'x': [1] is not a list of 2 numbers"),
    ("a deep.jsonl --to csv", 5, "deep.jsonl: row 1 (line 1), it is nested too deep"),
    ("k*a*5e307 t.csv --k 1 --reduce sum --strict", 4, "the sum is inf or nan, though no row is"),
    ("k*a*5e307 t.csv --k 1 --reduce sum", 0, "value,d_k\ninf,inf\n"),
    ("k*a t.csv --k 0.1 --reduce sum --digits 3", 0, "value,d_k\n0.4,4.0\n"),
    ("a f* --values-only", 0, "a,b,value\n5,6,5.0\n"),
    ("a s1.csv s2.csv --values-only", 0, "a;b;value\n1;2;1.0\n3;4;3.0\n"),
    ("a q.csv --engine rows", 0, 'a,b,value,d_a\n"1",2,1.0,1.0\n3,4,3.0,1.0\n'),
    ("a r.jsonl p.jsonl --to csv --values-only", 0, "a,b,value\n5,2,5.0\n1,2,1.0\n"),
    ("a n.jsonl", 0, '{"a":1,"b":null, "value": 1.0, "d_a": 1.0}\n'),
    ("a bad.csv --head 5 --on-error record", 0, "│ x,4 │   │       │     │ column 'a': 'x' is not"),
    ("a t.csv --dry-run -o out/", 0, "output   out/: csv"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "status", "told"), CALLS, ids=[call for call, *_ in CALLS])
def test_a_call(here, tmp_path, words, status, told):
    pytest.importorskip("polars")
    (tmp_path / "folder").mkdir()
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    found, out, err = here("map", *(word.replace(";[", "; ").replace("input[", "input ")
                                    for word in words.split()))  # fmt: skip
    assert found == status, err
    if status or "\n" not in told:
        assert told in out + err
    else:
        assert out == told
    assert err.count("note: the cells of") == words.count("s1.csv")  # once
    assert not (tmp_path / "out").exists()


def test_a_table_of_any_name_has_the_ending_of_its_output(here, tmp_path):
    (tmp_path / "t.dat").write_text(FILES["t.dat"])
    assert here("map", "a", "t.dat", "--to", "jsonl", "-o", "out/") == (0, "", "")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["t.dat.jsonl"]


def test_a_total_in_a_parquet_file(here, tmp_path):
    polars = pytest.importorskip("polars")
    (tmp_path / "t.csv").write_text(FILES["t.csv"])
    assert here("map", "k*a", "t.csv", "--k", "2", "--reduce", "sum", "-o", "o.parquet")[0] == 0
    assert polars.read_parquet(tmp_path / "o.parquet").rows() == [(8.0, 4.0)]


def test_a_preview_of_a_parquet_file_ends_at_a_bad_row(here, tmp_path):
    polars = pytest.importorskip("polars")
    polars.DataFrame({"x": [1.5, None, 2.0]}).write_parquet(tmp_path / "t.parquet")
    status, out, err = here("map", "x^2", "t.parquet", "--head", "3")
    assert (status, err) == (5, "error: t.parquet: row 2, column 'x': the cell is empty\n")
    assert "│ 1.5 │  2.25 │ 3.0 │" in out


def test_a_text_at_an_address(here, tmp_path):
    pytest.importorskip("polars")
    (tmp_path / "t.csv").write_bytes(b'a,s\r\n1.5,"x\ny"\r\n2.5,z')
    address = f"file://{tmp_path}/t.csv"
    expected = 'a,s,value\n1.5,"x\ny",3.0\n2.5,z,5.0\n'
    assert here("map", "2*a", address, "--values-only") == (0, expected, "")
    status, _, err = here("map", "2*a", f"file://{tmp_path}/u.csv")
    assert status == 5
    assert err.startswith(f"error: cannot read 'file://{tmp_path}/u.csv'")
    status, _, err = here("map", "2*a", address, "--storage-option", "max_retries=x")
    assert (status, err.count("\n")) == (5, 1)


def test_addresses_need_polars(here, monkeypatch):
    monkeypatch.setattr("micrograd_cli.rows.formats.find_spec", lambda name: None)
    status, _, err = here("map", "a", "s3://b/t.csv")
    assert (status, "an address needs NumPy and Polars" in err) == (2, True)
    polars = pytest.importorskip("polars")
    from micrograd_cli.rows.frames.remote import RemoteInput

    monkeypatch.delattr(polars, "scan_lines")
    with pytest.raises(MgradError, match="this Polars reads no text at an address"):
        RemoteInput("s3://b/t.csv", {})


def test_many_bad_cells_by_columns(tmp_path):
    pytest.importorskip("polars")
    data = b"a,b\n" + b"1,2\nx,4\n" * 3000
    found = same_by_both(tmp_path, data, "in.csv", "out.csv", on_error="skip")
    assert found[0].count(b"\n") == 3001


def test_a_quoted_cell_without_an_end(tmp_path, monkeypatch):
    monkeypatch.setattr("micrograd_cli.rows.text.delimited.LONGEST", 1000)
    _, _, error = mapped(tmp_path, "a", b'a\n1\n"' + b"x\n" * (1 << 20))
    assert error.endswith("in.csv: a quoted cell is not closed within 256 MB")


def test_bytes_of_whole_records_up_to_a_limit():
    blocks = [Block(b"1\n2\n", ["1", "2"]), Block(b"3\n", ["3"])]
    rest = []
    assert [*take_bytes(iter(blocks), 3, rest)] == blocks[:1]
    assert rest == []


@pytest.mark.parametrize(
    ("said", "error"),
    [("failed (os error 28)", os.strerror(28)), ("mixed types\nmore", "mixed types")],
)
def test_a_writer_that_fails(tmp_path, monkeypatch, said, error):
    polars = pytest.importorskip("polars")
    from micrograd_cli.rows.frames import output

    def write(lazy, file):
        raise polars.exceptions.ComputeError(said)

    monkeypatch.setattr(output, "load", lambda name: write)
    dialect = Dialect(format_by_name("o.parquet"))
    with pytest.raises(DataError) as caught:
        output.write_file(iter([polars.DataFrame({"a": [1.0]})] * 9), dialect, f"{tmp_path}/o")
    assert caught.value.message == f"cannot write '{tmp_path}/o': {error}"
    assert not [*tmp_path.iterdir()]


def test_what_polars_cannot_read_goes_by_rows(here, tmp_path, monkeypatch):
    polars = pytest.importorskip("polars")
    from micrograd_cli.rows.columns.readers import DelimitedColumns

    (tmp_path / "t.csv").write_text("x,y\n" + "1,2\n2,4.5\n" * 1000)
    (tmp_path / "q.csv").write_text("x,y,s\n" + '1,2,"a\nb"\n2,4.5,""\n' * 100)
    monkeypatch.setattr("micrograd_cli.rows.text.numbers.LARGE", 1000)
    calls = [["map", "x*y", "t.csv", "--engine", "columns"], ["map", "x*y", "q.csv", "--engine", "columns"],
             ["fit", "k*x", "t.csv", "--target", "y", "--k", "1"],
             ["fit", "k*x", "q.csv", "--target", "y", "--k", "1"]]  # fmt: skip
    plain = [here(*call) for call in calls]
    assert [status for status, *_ in plain] == [0, 0, 0, 0]

    def numbers(self, data):
        raise polars.exceptions.ComputeError("no")

    monkeypatch.setattr(DelimitedColumns, "numbers", numbers)
    assert [here(*call) for call in calls] == plain
