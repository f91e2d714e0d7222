"""What every call must keep to, however odd it is; and the run of a call in this process."""

import contextlib
import csv
import io
import json
import os
import signal
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from micrograd_cli.commands import run

STATUSES = {0, 1, 2, 3, 4, 5}
SECONDS = 20  # no call may take longer


class Fault(AssertionError):
    """A call that broke the contract."""


class TooLong(BaseException):
    """The time is up; no `except Exception` may swallow it."""


class Done(NamedTuple):
    """What a call left: its status, and what it wrote."""

    status: int
    out: str
    err: str


def captured(call):
    """Run a call in a folder of its own, as the process would; the exceptions it has are raised."""
    stdin = io.TextIOWrapper(io.BytesIO(call.stdin), "utf-8", "surrogateescape")
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", "backslashreplace") for _ in range(2))
    before, home = os.getcwd(), dict(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        for name, data in call.files.items():
            Path(folder, name).write_bytes(data)
        os.chdir(folder)
        os.environ.update(HOME=folder, XDG_CONFIG_HOME=folder, XDG_DATA_HOME=folder)
        sys.stdin, kept = stdin, sys.stdin
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), time_limit():
                status = run(list(call.args))
        except OSError as error:  # the process says so, with status 5
            status = 5
            err.write(f"error: {error.strerror}")
        finally:
            sys.stdin = kept
            os.environ.clear()
            os.environ.update(home)
            os.chdir(before)
        left = [name for name in os.listdir(folder) if name.endswith(".part")]
    if left:
        raise Fault(f"half a file is left: {left}")
    for stream in (out, err):
        stream.flush()
    return Done(status, *(stream.buffer.getvalue().decode("utf-8") for stream in (out, err)))


@contextlib.contextmanager
def time_limit():
    """Raise TooLong in what takes more than SECONDS."""

    def stop(*_):
        raise TooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def keep_contract(call):
    """Run a call; Fault, or the exception that it ends with, where it breaks the contract."""
    try:
        done = captured(call)
    except TooLong:
        raise Fault(f"more than {SECONDS} s") from None
    if done.status not in STATUSES:
        raise Fault(f"status {done.status}")
    if "Traceback" in done.err:
        raise Fault(f"a traceback: {done.err}")
    if done.status in (2, 3, 5) and not done.err.strip():
        raise Fault(f"status {done.status} without a word")
    if done.status in (0, 4) and "--print" not in call.args:
        read_back(written_format(call.args), done.out)
    return done


def written_format(args):
    """The format that a call asks for by its last --format (or --to, of `map`)."""
    found = [b for a, b in pairwise(args) if a in ("--format", "--to")]
    return found[-1] if found and "--output" not in args else ""


def read_back(format_, text):
    """Read what was written in a machine format."""
    if "--help" in text or not text.strip():
        return
    if format_ == "jsonl":
        for line in text.splitlines():
            json.loads(line, parse_constant=refuse)
    elif format_ == "json":
        decoder, rest = json.JSONDecoder(parse_constant=refuse), text.strip()
        while rest:  # several outputs are one object after another
            _, end = decoder.raw_decode(rest)
            rest = rest[end:].strip()
    elif format_ in ("csv", "tsv"):
        rows = list(
            csv.reader(
                io.StringIO(text, newline=""), delimiter=",\t"[format_ == "tsv"], strict=True
            )
        )
        if len({len(row) for row in rows if row}) > 1:
            raise Fault(f"rows of {format_} of different widths")


def refuse(word):
    """JSON has no `word`."""
    raise Fault(f"{word} in JSON")
