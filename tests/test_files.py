"""Bytes in and out: damaged files, full disks, outputs that are no files, closed streams."""

import contextlib
import errno
import gzip
import io
import itertools
import os
import random
import signal
import subprocess
import time

import pytest
from test_map import mapped, start

from micrograd_cli.errors import DataError
from micrograd_cli.files.opening import writing
from micrograd_cli.files.output import remove_leftovers

TABLE = b"a,b\n" + b"".join(
    b"%r,%r\n" % (random.Random(i).random(), i / 7) for i in range(400)
)  # fmt: skip


# --- what is packed ---------------------------------------------------------------------------------


def packed(suffix, data):
    if suffix == "gz":
        return gzip.compress(data, mtime=0)
    zstandard = pytest.importorskip("zstandard")
    return zstandard.ZstdCompressor(write_checksum=True).compress(data)


DAMAGE = {
    "half of it": lambda data: data[: len(data) // 2],
    "the last byte is missing": lambda data: data[:-1],
    "its first bytes alone": lambda data: data[:3],
    "a second one that is cut": lambda data: data + data[: len(data) // 2],
    "not packed at all": lambda data: TABLE,
    "something behind it": lambda data: data + b"garbage",
}


@pytest.mark.parametrize("engine", ["rows", "columns"])
@pytest.mark.parametrize("suffix", ["gz", "zst"])
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_no_short_table(tmp_path, suffix, damage, engine):
    pytest.importorskip("polars")
    data = DAMAGE[damage](packed(suffix, TABLE))
    out, _, error = mapped(tmp_path, "a", data, f"t.csv.{suffix}", engine=engine)
    assert out is None
    assert error.startswith(f"cannot read '{tmp_path / 't.csv'}.{suffix}': its ")


@pytest.mark.parametrize("suffix", ["gz", "zst"])
def test_a_damaged_file_ends_with_5(mgrad, tmp_path, suffix):
    (tmp_path / f"t.csv.{suffix}").write_bytes(packed(suffix, TABLE)[:-1])
    done = mgrad("map", "a", f"t.csv.{suffix}")
    assert done.returncode == 5
    assert done.stderr == (
        f"error: cannot read 't.csv.{suffix}': its compressed data end too early\n"
    )


@pytest.mark.parametrize("suffix", ["gz", "zst"])
def test_a_flipped_byte_is_an_error_or_changes_nothing(tmp_path, suffix):
    data = packed(suffix, TABLE)
    want, _, _ = mapped(tmp_path, "a", TABLE, "t.csv")
    places = [*range(24), *range(24, len(data), 97), *range(len(data) - 8, len(data))]
    failed = 0
    for place, flip in itertools.product(places, (1, 0x80, 0xFF)):
        damaged = bytearray(data)
        damaged[place] ^= flip
        out, _, error = mapped(tmp_path, "a", bytes(damaged), f"t.csv.{suffix}")
        assert (out is None) == (error is not None)
        assert out in (None, want), (place, flip)
        failed += error is not None
    assert failed > len(places)


@pytest.mark.parametrize("suffix", ["gz", "zst"])
def test_several_packed_one_behind_the_other(tmp_path, suffix):
    pieces = [TABLE[:100], b"", TABLE[100:5000], TABLE[5000:]]
    data = b"".join(packed(suffix, piece) for piece in pieces)
    want = mapped(tmp_path, "a", TABLE, "t.csv")
    assert mapped(tmp_path, "a", data, f"t.csv.{suffix}") == want


def test_a_frame_that_is_skipped(tmp_path):
    skipped = b"\x50\x2a\x4d\x18\x04\x00\x00\x00abcd"
    for data in (skipped + packed("zst", TABLE), packed("zst", TABLE) + skipped):
        assert mapped(tmp_path, "a", data, "t.csv.zst")[0] is not None


# --- where output goes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "link", "/dev/fd/3"]
)
@pytest.mark.skipif(not os.path.exists("/proc/self/fd"), reason="needs /proc")
def test_a_stream_that_is_open_is_written_on(bash, tmp_path, path):
    (tmp_path / "i.csv").write_text("a\n1\n")
    (tmp_path / "link").symlink_to("/dev/stdout")
    done = bash(f"(echo before; mgrad map a i.csv -o {path} 3>&1; echo after) > log; cat log")
    assert done.stdout == "before\na,value,d_a\n1,1.0,1.0\nafter\n"
    assert (tmp_path / "link").is_symlink()


@pytest.mark.parametrize("format_", ["csv", "jsonl", "parquet", "arrow"])
def test_a_named_pipe_stays_one(bash, tmp_path, format_):
    polars = pytest.importorskip("polars")
    (tmp_path / "i.csv").write_text("a\n1\n")
    done = bash(f"mkfifo p; cat p >got & mgrad map a i.csv --to {format_} -o p; wait; test -p p")
    assert (done.returncode, done.stderr) == (0, "")
    read = {"csv": polars.read_csv, "jsonl": polars.read_ndjson, "parquet": polars.read_parquet,
            "arrow": polars.read_ipc_stream if format_ == "x" else polars.read_ipc}  # fmt: skip
    assert read[format_](tmp_path / "got").rows() == [(1.0, 1.0, 1.0)]


@pytest.mark.parametrize(
    "name", ["x.csv", "x.jsonl", "x.csv.gz", "x.csv.zst", "x.parquet", "x.arrow"]
)
def test_a_disk_that_is_full(bash, tmp_path, name):
    pytest.importorskip("polars")
    numbers = "".join(f"{random.Random(i).random()!r}\n" for i in range(20_000))
    (tmp_path / "i.csv").write_text("a\n" + numbers)
    (tmp_path / name).write_text("before")
    done = bash(f"ulimit -f 64; mgrad map a i.csv -o {name}")
    assert done.returncode == 5
    assert done.stderr == f"error: cannot write '{name}': File too large\n"
    assert (tmp_path / name).read_text() == "before"
    assert {path.name for path in tmp_path.iterdir()} == {"i.csv", name}


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_device(mgrad, tmp_path):
    (tmp_path / "i.csv").write_text("a\n1\n")
    done = mgrad("map", "a", "i.csv", "-o", "/dev/full")
    assert done.returncode == 5
    assert done.stderr == "error: cannot write '/dev/full': No space left on device\n"


def test_a_folder_gets_no_output_of_that_name_twice(mgrad, tmp_path):
    (tmp_path / "i.csv").write_text("a\n1\n")
    done = mgrad("map", "a", "i.csv", "-o", ".")
    assert done.returncode == 2
    assert done.stderr.startswith("error: './i.csv' is there already\n")
    assert (tmp_path / "i.csv").read_text() == "a\n1\n"


def kill_in_the_middle(environment, folder, kill, *args, **options):
    """Start a run with an output, kill it once it writes; its status, and what is in the folder."""
    process = start(environment, "a^2", *args, stdin=subprocess.PIPE, cwd=folder, **options)
    process.stdin.write(b"a\n1\n")
    process.stdin.flush()
    for _ in range(200):
        if list(folder.glob("*.part")):
            break
        time.sleep(0.05)
    process.send_signal(kill)
    if options:
        process.stdin.close()
    return process.wait(timeout=20), sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("kill", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz", "out.parquet"])
def test_no_half_file_after_a_kill(environment, tmp_path, kill, name):
    pytest.importorskip("polars")
    (tmp_path / name).write_text("before")
    status, names = kill_in_the_middle(environment, tmp_path, kill, "-o", name)
    assert (status, names) == (128 + kill, [name])
    assert (tmp_path / name).read_text() == "before"


@pytest.mark.parametrize("engine", ["rows", "columns"])
def test_an_interrupt_while_it_waits(environment, engine):
    pytest.importorskip("polars")
    process = start(environment, "a^2", "--engine", engine, stdin=subprocess.PIPE)
    process.stdin.write(b"a\n3\n")
    process.stdin.flush()
    assert [process.stdout.readline() for _ in range(2)] == [b"a,value,d_a\n", b"3,9.0,6.0\n"]
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 130


def test_a_hangup_that_is_ignored(environment, tmp_path):
    """Under nohup the run goes on."""
    ignored = {"preexec_fn": lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)}
    done = kill_in_the_middle(environment, tmp_path, signal.SIGHUP, "-o", "out.csv", **ignored)
    assert done == (0, ["out.csv"])
    assert (tmp_path / "out.csv").read_text() == "a,value,d_a\n1,1.0,2.0\n"


# --- streams that are closed -----------------------------------------------------------------------

COMMANDS = {
    "eval": ("eval a --a 1", "a"),
    "eval in JSON": ("eval a --a 1 --format json", "value"),
    "check": ("check 'a^2' --a 1", "a"),
    "map": ("map a t.csv", "a,value,d_a"),
    "map --head": ("map a t.csv --head 1", "d_a"),
    "explain": ("explain a --a 1", "a"),
    "graph": ("graph a", "a"),
    "diff": ("diff 'a^2'", "a"),
    "jacobian": ("jacobian a --a 1", "a"),
    "hessian": ("hessian 'a^2' --a 1", "a"),
    "functions": ("functions", "tanh"),
    "examples": ("examples", "neuron"),
    "completion": ("completion bash", "mgrad"),
    "help": ("--help", "mgrad"),
    "help of a command": ("eval --help", "mgrad"),
    "version": ("--version", "mgrad"),
}


@pytest.fixture
def closed(bash, tmp_path):
    (tmp_path / "t.csv").write_text("a\n1\n")
    return lambda command, closing: bash(f"mgrad {command} {closing}", stdin=None)


@pytest.mark.parametrize("command", COMMANDS)
def test_standard_output_is_closed(closed, command):
    done = closed(COMMANDS[command][0], ">&-")
    assert done.returncode == 5
    assert done.stderr == "error: cannot write the output: Bad file descriptor\n"


@pytest.mark.parametrize("closing", ["<&-", "2>&-", "<&- 2>&-"])
@pytest.mark.parametrize("command", COMMANDS)
def test_other_streams_may_be_closed(closed, command, closing):
    done = closed(COMMANDS[command][0], closing)
    assert (done.returncode, done.stderr) == (0, "")
    assert COMMANDS[command][1] in done.stdout


@pytest.mark.parametrize(
    ("command", "status"),
    [("eval", 2), ("eval - --a 1", 3), ("check --a 1", 2), ("map a", 5), ("map a --from jsonl", 0)],
)
def test_no_input(closed, command, status):
    done = closed(command, "<&-")
    assert done.returncode == status == closed(command, "</dev/null").returncode
    assert bool(done.stderr) == bool(status)


@pytest.mark.parametrize("command", ["eval 'a*' --a 1", "map b t.csv", "eval 'a*' --a 1 <&-"])
def test_an_error_that_no_one_sees(closed, command):
    done = closed(command, "2>&-")
    assert done.returncode in (2, 3)
    assert (done.stdout, done.stderr) == ("", "")


def test_a_file_is_written_though_all_streams_are_closed(closed, tmp_path):
    done = closed("map a t.csv -o o.csv", "<&- >&- 2>&-")
    assert done.returncode == 0
    assert (tmp_path / "o.csv").read_text() == "a,value,d_a\n1,1.0,1.0\n"
    assert (tmp_path / "t.csv").read_text() == "a\n1\n"


@pytest.mark.parametrize("command", ["eval -", "map a", "eval --each --format jsonl", "eval"])
def test_a_stream_that_cannot_be_read(closed, command):
    done = closed(command, "0>/dev/null")
    assert done.returncode == 5
    assert done.stderr == "error: cannot read standard input: Bad file descriptor\n"


# --- files that are nested deep ----------------------------------------------------------------------

DEEP = 100_000


@pytest.mark.parametrize("depth", [1500, DEEP])
@pytest.mark.parametrize(
    ("name", "text", "command"),
    [
        ("p.json", "[{}]", "eval a --params p.json"),
        ("p.json", '{{"a": {}}}', "eval a --params p.json"),
        ("p.toml", "a = {}", "eval a --params p.toml"),
        ("p.json", '{{"a": {}}}', "check 'a^2' --a 1 --expect-file p.json"),
    ],
)
def test_a_file_that_is_nested_deep(bash, tmp_path, name, text, command, depth):
    (tmp_path / name).write_text(text.format("[" * depth + "]" * depth))
    done = bash(f"mgrad {command}")
    assert done.returncode == 5
    assert done.stderr.startswith("error: ")
    if depth == DEEP:
        assert done.stderr == f"error: cannot read '{name}': it is nested too deep\n"


# --- the names of outputs ---------------------------------------------------------------------------


def test_a_part_of_another_run_is_left_alone(inside, tmp_path):
    part = tmp_path / f"out.csv.{os.getpid()}.part"
    (tmp_path / "t.csv").write_bytes(TABLE)
    part.write_text("not ours")
    status, _, error = inside("map a t.csv -o out.csv")
    assert (status, part.read_text()) == (5, "not ours")
    assert error == "error: cannot write 'out.csv': File exists\n"


def test_what_a_killed_run_has_left_goes_unless_its_process_may_live(monkeypatch, tmp_path):
    dead, ours, others = (
        tmp_path / f"out.csv.{n}.part" for n in (4_000_001, os.getpid(), 4_000_002)
    )
    for path in (dead, ours, others):
        path.touch()

    def kill(number, _):
        if number == 4_000_002:
            raise PermissionError
        if number == 4_000_001:
            raise ProcessLookupError

    monkeypatch.setattr(os, "kill", kill)
    remove_leftovers(str(tmp_path), ["out.csv"])
    assert sorted(tmp_path.iterdir()) == sorted([ours, others])


def test_a_link_in_a_circle_is_replaced(inside, tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    (tmp_path / "t.csv").write_bytes(TABLE)
    assert inside("map a t.csv -o a") == (0, "", "")
    assert (tmp_path / "a").read_text() == inside("map a t.csv")[1]


def test_a_stream_of_text_takes_no_other_bytes(inside):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        status, _, error = inside("plot x --x 0:1 --format pdf")
    assert (status, printed.getvalue()) == (2, "")
    assert error == "error: standard output takes text alone here\n  give -o FILE\n"


def test_a_reader_that_goes_away_is_no_error_of_the_file():
    with pytest.raises(BrokenPipeError), writing("out.csv"):
        raise BrokenPipeError
    with pytest.raises(DataError, match=r"cannot write 'out.csv': No space left on device"), \
            writing("out.csv"):  # fmt: skip
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_column_of_numbers_is_an_array(inside, tmp_path):
    (tmp_path / "v.txt").write_text("v\n1\n2\n4\n")
    assert inside("eval 'input v[3]; v[2] - v[0]' --v @v.txt --print value") == (0, "3.0\n", "")
