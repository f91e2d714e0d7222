"""Runs of mgrad under a fault, each in a process forked from this one, which has the code loaded.

`python forked.py` reads a JSON list of jobs and prints what became of each. A job is the arguments, a fault,
and perhaps a file that is there before. The fault is made before `main` runs, as a shell would.
"""

import faulthandler
import gc
import io
import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # a process that has threads cannot be forked safely

import numpy  # noqa: F401
import rich.table  # noqa: F401

from micrograd_cli.__main__ import main
from micrograd_cli.commands import COMMANDS, mgrad
from micrograd_cli.language.reading import parse

SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
SECONDS = 300  # then a child is ended
BEFORE = "what was here before"


class Leaving(io.RawIOBase):
    """Standard output whose reader goes away after `left` bytes: what follows is a broken pipe."""

    def __init__(self, reader, left):
        self.reader, self.left = reader, left
        self.leave()

    def leave(self):
        if self.left == 0:
            os.close(self.reader)
            self.reader = None

    def write(self, data):
        if self.reader is None:
            return os.write(1, data)
        part = bytes(data[: min(self.left, 4096)])
        os.write(1, part)
        self.left -= len(os.read(self.reader, len(part)))
        self.leave()
        return len(part)

    def writable(self):
        return True

    def fileno(self):
        return 1


def reader_leaves(size):
    """Standard output is a pipe whose reader goes away after some bytes."""
    reader, writer = os.pipe()
    os.dup2(writer, 1)
    os.close(writer)
    file = io.BufferedWriter(Leaving(reader, int(size)))
    sys.stdout = io.TextIOWrapper(file, "utf-8")


def full(number):
    """A stream is a device that is full."""
    os.dup2(os.open("/dev/full", os.O_WRONLY), int(number))


def closed(number):
    """A stream is closed: Python then has none."""
    os.close(int(number))
    setattr(sys, ("stdin", "stdout", "stderr")[int(number)], None)


FAULTS = {"reader": reader_leaves, "full": full, "closed": closed}


def run(job):
    """Run a job in a child; what became of it."""
    fault, *values = job["fault"].split()
    path = job.get("file")
    if path:
        Path(path).write_text(BEFORE)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.monotonic()
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)  # until `main` hears them
        child = os.fork()
        if not child:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            signal.alarm(SECONDS)
            faulthandler.disable()
            sys.argv = ["mgrad", *job["args"]]
            FAULTS.get(fault, lambda *_: None)(*values)
            try:
                signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
            except KeyboardInterrupt:  # one that came before `main`
                os._exit(130)
            main()  # which exits
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        if fault == "signal":
            time.sleep(float(values[1]))
            os.kill(child, int(values[0]))
        _, status = os.waitpid(child, 0)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode("latin-1"))
        found = Path(path).read_bytes().decode("latin-1") if path else ""
        return {"status": os.waitstatus_to_exitcode(status), "out": texts[0], "err": texts[1], "file": found,
                "seconds": time.monotonic() - start, "names": sorted(os.listdir())}  # fmt: skip


if __name__ == "__main__":
    jobs = json.load(sys.stdin)
    for name in COMMANDS:
        mgrad.get_command(None, name)
    parse("sin(a)*2")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    gc.freeze()
    results = []
    for each in jobs:
        results.append(run(each))
    print(json.dumps(results))
