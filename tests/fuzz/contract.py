"""What every call must keep to, however odd it is; and the run of a call in this process."""

import contextlib
import csv
import functools
import io
import json
import os
import signal
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from jsonschema import Draft202012Validator

from micrograd_cli.commands import run

STATUSES = {0, 1, 2, 3, 4, 5}
SCHEMATA = Path(__file__).parent.parent.parent / "micrograd_cli" / "schema"
FORMATS_BY_NAME = ("map", "plot")  # commands that write the format that the name's ending says
SECONDS = 20  # of computing; no call may take longer


class Fault(AssertionError):
    """A call that broke the contract."""


class TooLong(BaseException):
    """The time is up; no `except Exception` may swallow it."""


class Done(NamedTuple):
    """What a call left: its status, and what it wrote."""

    status: int
    out: str
    err: str
    written: dict[str, bytes]  # the files that were not there before


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
            if error.strerror is None:
                raise
        finally:
            sys.stdin = kept
            os.environ.clear()
            os.environ.update(home)
            os.chdir(before)
        written = read_files(folder, call.files)
    left = [name for name in written if name.endswith(".part")]
    if left:
        raise Fault(f"half a file is left: {left}")
    for stream in (out, err):
        stream.flush()
    return Done(
        status,
        *(stream.buffer.getvalue().decode("utf-8", "replace") for stream in (out, err)),
        written,
    )


def read_files(folder, before):
    """What a call has written into its folder."""
    paths = [Path(folder, name) for name in os.listdir(folder) if name not in before]
    return {path.name: path.read_bytes() for path in paths if path.is_file()}


@contextlib.contextmanager
def time_limit():
    """Raise TooLong in what takes more than SECONDS."""

    def stop(*_):
        raise TooLong

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


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
    if done.status in (2, 3, 5) and any(name.startswith("out") for name in done.written):
        raise Fault(f"an output after status {done.status}")
    if done.status in (0, 1, 4) and not {"--print", "--help", "-h"} & set(call.args):
        read_back(call.args[0], written_format(call.args), done.out)
        for name, data in done.written.items() if call.args[0] in FORMATS_BY_NAME else ():
            ending = name.rpartition(".")[2]
            if {"--format", "--to"} & set(call.args):
                continue
            if ending in ("csv", "tsv", "jsonl") or (ending == "json" and call.args[0] == "plot"):
                read_back(call.args[0], ending, data.decode())
    return done


def written_format(args):
    """The format that a call asks for by its last --format (or --to, of `map`)."""
    option = "--to" if args[0] == "map" else "--format"
    found = [b for a, b in pairwise(args) if a == option]
    elsewhere = {"--output", "--head", "--dry-run"} & set(args)
    return found[-1] if found and not elsewhere else ""


@functools.cache
def schema(command):
    """The validator of a command's records, None where they have no schema."""
    path = SCHEMATA / f"{command}.json"
    return Draft202012Validator(json.loads(path.read_text())) if path.exists() else None


def objects(format_, text):
    """The values of JSON that stand one behind the other, or one a line."""
    decoder = json.JSONDecoder(parse_constant=refuse)
    if format_ == "jsonl":
        yield from map(decoder.decode, text.removesuffix("\n").split("\n"))
        return
    rest = text.strip()
    while rest:  # several outputs are one object after another
        found, end = decoder.raw_decode(rest)
        yield found
        rest = rest[end:].strip()


def read_back(command, format_, text):
    """Read what was written in a machine format."""
    if not text.strip():
        return
    if format_ in ("json", "jsonl"):
        for found in objects(format_, text):
            if schema(command):
                error = next(schema(command).iter_errors(found), None)
                if error:
                    raise Fault(f"not of the schema: {error.message[:200]} at {error.json_path}")
    elif format_ in ("csv", "tsv"):
        file, delimiter = io.StringIO(text, newline=""), ",\t"[format_ == "tsv"]
        rows = list(csv.reader(file, delimiter=delimiter, strict=True))
        if len({len(row) for row in rows if row}) > 1:
            raise Fault(f"rows of {format_} of different widths")


def refuse(word):
    """JSON has no `word`."""
    raise Fault(f"{word} in JSON")
