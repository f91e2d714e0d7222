"""Runs calls under faults, and says where one is not met as it must be."""

import json
import signal
import subprocess
import sys
from pathlib import Path

from matrix import CALLS, FILES, MORE, every_call

SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
STREAMS = ["full 1", "full 2", "closed 0", "closed 1", "closed 2"]
READ = {"t.csv", "bad.csv", "lines.mg", "list.txt", "in"}


def forked(jobs, folder, environment=None):
    """What became of jobs, in one process that forks for each."""
    script = str(Path(__file__).with_name("forked.py"))
    done = subprocess.run([sys.executable, script], input=json.dumps(jobs), cwd=folder, env=environment,
                          stdout=subprocess.PIPE, text=True, check=True)  # fmt: skip
    return json.loads(done.stdout)


def few_calls(r):
    """A call of each kind, and each command in one of its formats."""
    calls = dict(every_call())
    found = {**CALLS, **MORE}
    for name in CALLS:
        others = sorted(each for each in calls if each.startswith(f"{name} "))
        found |= {each: calls[each] for each in r.sample(others, min(1, len(others)))}
    return found


def jobs_of(calls, clean, r, most):
    """The jobs of sound calls: readers that leave anywhere, streams, signals; `most` of each for a call."""
    for (name, args), sound in zip(calls.items(), clean, strict=True):
        size = len(sound["out"])
        if sound["status"] not in (0, 1) or not size:
            continue
        faults = [
            f"reader {k}"
            for k in r.sample(
                sorted({0, 1, size - 1, *(r.randrange(size) for _ in range(9))}), min(most, 3)
            )
        ]
        faults += r.sample(STREAMS, min(most, 5))
        faults += [
            f"signal {int(r.choice([*SIGNALS]))} {r.random() * sound['seconds']}"
            for _ in range(most - 1)
        ]
        yield from ((name, sound, {"args": args, "fault": fault}) for fault in faults)


def file_jobs(clean, r, most):
    """The jobs of calls that write a file: signals at any time."""
    for (name, (path, args)), sound in zip(FILES.items(), clean, strict=True):
        for _ in range(most):
            number, wait = r.choice([*SIGNALS]), r.random() * sound["seconds"]
            yield name, sound, {"args": args, "fault": f"signal {int(number)} {wait}", "file": path}


def wrong(sound, fault, found):
    """What is wrong with what became of a call under a fault; nothing if all is well."""
    kind, *values = fault.split()
    status, lines = found["status"], found["err"].splitlines()
    for word in ("Traceback", "xception", "itself has failed", "Broken"):
        if word in found["err"]:
            return word
    if [name for name in found["names"] if name.endswith(".part")]:
        return "half a file"
    if kind == "reader":
        return "" if status == 141 and "rror" not in found["err"] else f"status {status}"
    if fault in ("full 1", "closed 1"):
        told = lines and lines[-1].startswith("error: cannot write the output: ")
        return "" if status == 5 and told else f"status {status}"
    if kind in ("full", "closed"):
        return (
            ""
            if (status, found["out"]) == (sound["status"], sound["out"])
            else f"status {status}, or another output"
        )
    number = int(values[0])
    if status not in (sound["status"], SIGNALS[number], -number):
        return f"status {status}"
    return "" if found["file"] in ("", "what was here before", sound["file"]) else "half a file"
