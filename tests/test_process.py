"""The process: signals, pipes, terminals, encodings, start-up."""

import gc
import os
import pty
import signal
import subprocess
import sys
import time

import pytest

from micrograd_cli.__main__ import main
from micrograd_cli.terminal import live as live_line

LINE = ["eval", "tanh(a*b+c)", "--a", "2", "--b", "-3", "--c", "10"]


def test_interrupted(environment):
    process = subprocess.Popen(
        [sys.executable, "-m", "micrograd_cli", "eval", "-", "--a", "1"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
    )  # fmt: skip
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err.strip()) == (130, b"", b"")


@pytest.mark.parametrize("format_", ["jsonl", "csv", "plain"])
def test_the_reader_goes_away(bash, format_):
    lines = "for i in {1..20000}; do echo a*$i; done"
    done = bash(f"{lines} | mgrad eval --each --a 2 --format {format_} | head -n 1 >/dev/null; "
                "echo ${PIPESTATUS[1]}")  # fmt: skip
    assert (done.stdout, done.stderr) == ("141\n", "")


def test_the_reader_of_a_table_goes_away(bash):
    done = bash("mgrad eval a --a 1 | true; echo ${PIPESTATUS[0]}")
    assert done.stdout in ("0\n", "141\n")
    assert done.stderr == ""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("format_", ["table", "json", "csv", "plain"])
def test_a_full_disk_is_one_line(bash, format_):
    done = bash(f"mgrad eval a --a 1 --format {format_} >/dev/full")
    assert done.returncode == 5
    assert done.stderr == "error: cannot write the output: No space left on device\n"


def test_each_answers_every_line_at_once(environment):
    process = subprocess.Popen(
        [sys.executable, "-m", "micrograd_cli", "eval", "--each", "--a", "3", "--print", "value"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True,
    )  # fmt: skip
    for text, answer in (("a*2", "6.0\n"), ("a^2", "9.0\n")):
        process.stdin.write(text + "\n")
        process.stdin.flush()
        assert process.stdout.readline() == answer
    process.stdin.close()
    assert process.wait(timeout=20) == 0


# --- terminals ------------------------------------------------------------------------------------


def on_a_terminal(environment, args, columns=80, **env):
    """What the command writes on a terminal of that many columns."""
    import fcntl
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "micrograd_cli", *args],
        stdin=theirs, stdout=theirs, stderr=theirs, env={**environment, "PAGER": "cat", **env},
    )  # fmt: skip
    os.close(theirs)
    written = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:
            break
        if not piece:
            break
        written += piece
    os.close(ours)
    process.wait(timeout=20)
    return written.decode().replace("\r\n", "\n")


def test_errors_and_warnings_are_coloured_as_compilers_do(environment):
    text = on_a_terminal(environment, ["eval", "2 + tahn(a)", "--a", "1"])
    red, blue = "\033[1;31m", "\033[1;34m"
    assert text.startswith(f"{red}error\033[0m\033[1m: unknown function 'tahn'")
    assert f"{blue}  1 |\033[0m 2 + tahn(a)" in text
    assert f"{red}^^^^ did you mean 'tanh'?" in text
    warning = on_a_terminal(environment, ["eval", "log(a)", "--a=-1", "--print", "value"])
    assert "\033[1;33mwarning" in warning
    for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        plain = on_a_terminal(environment, ["eval", "tahn(a)", "--a", "1"], **env)
        assert plain.startswith("error: unknown function 'tahn'\n  1 | tahn(a)\n    | ^^^^ did")


@pytest.mark.parametrize("columns", [60, 100])
def test_what_is_read_is_as_wide_as_the_end_of_the_pipe(environment, columns):
    for args in (["functions"], ["help", "map"], ["map", "-h"]):
        done = subprocess.run(
            [sys.executable, "-m", "micrograd_cli", *args],
            env={**environment, "COLUMNS": str(columns)}, capture_output=True, text=True,
        )  # fmt: skip
        assert max(map(len, done.stdout.splitlines())) <= columns


@pytest.mark.parametrize("columns", [1, 4, 20])
@pytest.mark.parametrize("args", [["--help"], ["plot", "--help"], ["help", "map"], LINE])
def test_a_terminal_that_is_too_narrow_is_no_failure(mgrad, args, columns):
    done = mgrad(*args, env={"COLUMNS": str(columns)})
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_table_fits_the_terminal_and_breaks_no_number(environment, columns):
    text = on_a_terminal(environment, [*LINE, "--color", "never"], columns)
    lines = text.splitlines()
    assert max(map(len, lines)) <= columns
    grads = [line.split("│")[-2].strip() for line in lines if line.startswith("│")]
    digits = {40: "", 80: "-0.004022852049077691", 200: "-0.004022852049077691"}[columns]
    assert (digits or "-0.00402") in grads
    assert ("rounded to 3 digits" in text) == (columns == 40)


@pytest.mark.parametrize(
    ("args", "env", "coloured"),
    [
        ([], {}, True),
        ([], {"NO_COLOR": "1"}, False),
        ([], {"TERM": "dumb"}, False),
        ([], {"CLICOLOR": "0"}, False),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
    ],
)
def test_colour_on_a_terminal(environment, args, env, coloured):
    assert ("\x1b[" in on_a_terminal(environment, [*LINE, *args], **env)) == coloured


@pytest.mark.parametrize(
    ("args", "env", "coloured"),
    [
        ([], {}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"CLICOLOR_FORCE": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--color", "always"], {}, True),
    ],
)
def test_colour_in_a_pipe(mgrad, args, env, coloured):
    assert ("\x1b[" in mgrad(*LINE, *args, env=env).stdout) == coloured


def test_a_table_in_a_pipe_is_as_wide_as_it_needs_to_be(mgrad):
    names = [letter * 35 for letter in "abc"]
    done = mgrad("eval", "*".join(names), *[w for n in names for w in (f"--{n}", "1e-300")],
                 env={"COLUMNS": "40"})  # fmt: skip
    assert all(name in done.stdout for name in names)
    assert done.stdout.count("1e-300") >= 3


@pytest.mark.parametrize(
    "env", [{"LANG": "C"}, {"LC_ALL": "C"}, {"LC_ALL": "POSIX"}, {"PYTHONIOENCODING": "ascii"}]
)
def test_an_ascii_terminal_gets_ascii_boxes(mgrad, env):
    done = mgrad("eval", "α*2", "--α", "1", env=env)
    assert done.returncode == 0
    assert done.stdout.isascii()
    assert "+---" in done.stdout
    assert r"\u03b1*2" in done.stdout


def test_json_is_json_in_any_encoding(mgrad):
    import json

    done = mgrad("eval", "α*é", "--α", "1", "--é", "2", "--format", "json",
                 env={"PYTHONIOENCODING": "ascii"})  # fmt: skip
    assert json.loads(done.stdout)["grad"] == {"α": 2.0, "é": 1.0}


def test_long_output_goes_through_the_pager(environment, tmp_path):
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\necho paged\ncat\n")
    pager.chmod(0o755)
    for words in (["functions"], ["help", "check"], ["explain", "-f", "black_scholes.mg"]):
        text = on_a_terminal(environment, words, PAGER=str(pager))
        assert "paged\n" in text
        assert text.count("\n") > 24
        assert "paged\n" not in on_a_terminal(environment, [*words, "--no-pager"], PAGER=str(pager))
    assert "paged" not in on_a_terminal(environment, ["functions", "tanh"], PAGER=str(pager))


# --- start-up -------------------------------------------------------------------------------------

HEAVY = ["lark", "rich", "numpy", "json", "csv", "difflib", "unittest", "dataclasses", "tomllib"]


@pytest.mark.parametrize(
    ("args", "allowed"),
    [
        (["--version"], set()),
        (["eval", "--help"], set()),
        (LINE, {"rich", "dataclasses"}),
        ([*LINE, "--format", "json"], {"json"}),
        ([*LINE, "--format", "plain"], set()),
        ([*LINE, "--print", "value"], set()),
        ([*LINE, "--format", "csv"], {"csv"}),
    ],
)
def test_a_run_imports_only_what_it_needs(environment, args, allowed):
    script = (
        "import sys; from micrograd_cli.commands import run; run(sys.argv[1:]);"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *args], env=environment, capture_output=True, text=True
    )
    imported = set(done.stderr.split())
    assert "micrograd_cli.commands" in imported
    assert {name for name in HEAVY if name in imported} <= allowed
    if args == ["--version"]:
        assert not {"micrograd_cli.engine", "micrograd_cli.language.reading"} & imported


# --- streams ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "lines"),
    [
        (["eval", "--each", "--on-error", "record", "--b", "2", "-f"], "tanh(b)*b\nb*\nb/0\nz\n"),
        (["map", "a*b", "--on-error", "record", "--engine", "rows"], "1,x\n2,3\n"),
    ],
)
def test_a_stream_leaves_no_cycles(environment, tmp_path, command, lines):
    """The collector is off in the process of `mgrad`: what it would find must not grow."""
    code = (
        "import gc, os, sys; gc.disable(); from micrograd_cli.commands import run; run(sys.argv[1:]);"
        "print(gc.collect(), file=sys.stderr)"
    )
    found = []
    for count in (10, 1_000):
        table = tmp_path / f"{count}"
        table.write_text(("a,b\n" if command[0] == "map" else "") + lines * count)
        done = subprocess.run(
            [sys.executable, "-c", code, *command, str(table)], env=environment, capture_output=True
        )
        assert len(done.stdout.splitlines()) >= 2 * count
        found.append(int(done.stderr.split()[-1]))
    assert found[1] <= found[0] + 50


def test_what_fails_in_mgrad_itself_is_one_line(monkeypatch, capsys):
    def fails(args):
        raise RuntimeError("boom")

    monkeypatch.setattr("micrograd_cli.commands.run", fails)
    monkeypatch.delenv("MGRAD_TRACEBACK", raising=False)
    try:
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 70
        assert capsys.readouterr().err == (
            "error: mgrad itself has failed: RuntimeError: boom\n"
            "  please report the command; MGRAD_TRACEBACK=1 shows where\n"
        )
        monkeypatch.setenv("MGRAD_TRACEBACK", "1")
        with pytest.raises(RuntimeError, match="boom"):
            main()
    finally:
        gc.enable()


# --- the live line --------------------------------------------------------------------------------


def test_a_live_line(monkeypatch, capsys):
    times = iter([0.0, 0.1, 0.6, 0.65, 0.8])
    monkeypatch.setattr(live_line.time, "monotonic", lambda: next(times))
    with live_line.live("step") as show:  # standard error is no terminal
        show(1, 2.0)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with live_line.live("step") as show:
        for step, value in enumerate([1.0, 100.0, 1e4, 10.0], 1):
            show(step, value)
    drawn = capsys.readouterr().err.split("\r\x1b[K")
    assert drawn == ["", "step 2  100  ▁█", "step 4  10  ▁▅█▃", ""]  # the bars by logarithm
    assert live_line.sparkline([-1.0, 0.0, 1.0, float("nan")], 30) == "▁▅█"
    assert live_line.sparkline([5.0, 5.0], 30) == "▁▁"
    assert live_line.sparkline([float("inf")], 30) == ""
    assert len(live_line.sparkline([float(n) for n in range(1000)], 30)) <= 30
