"""The long run: `python tests/fuzz [COMMAND …] [--cases N] [--seed S]`; each fault once, with its call."""

import argparse
import contextlib
import faulthandler
import resource
import shlex
import sys
import tempfile
import time
import traceback
import warnings

from calls import calls
from contract import Fault, keep_contract
from hypothesis import HealthCheck, Phase, given, seed, settings

from micrograd_cli.commands import COMMANDS

HANGS = 30  # seconds until a call that hears no signal ends the run
MEMORY = 4 << 30  # bytes of address space


def main():
    """Run the cases; exit status 1 where one broke the contract."""
    parser = argparse.ArgumentParser(prog="python tests/fuzz", description=__doc__)
    parser.add_argument("commands", nargs="*", metavar="COMMAND", help="these commands alone")
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10**6)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after these")
    chosen = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    warnings.simplefilter("ignore")
    names = tuple(chosen.commands) or tuple(COMMANDS)
    statuses, faults = {}, {}
    number, path = tempfile.mkstemp(prefix="fuzz-last-", suffix=".txt")
    last = open(number, "w", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115
    print(f"the call that runs stands in {path}", flush=True)
    end = time.monotonic() + chosen.seconds

    @seed(chosen.seed)
    @settings(max_examples=chosen.cases, deadline=None, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(calls(names))
    def each(call):
        if time.monotonic() > end:
            raise KeyboardInterrupt  # the one exception that ends Hypothesis at once
        faulthandler.dump_traceback_later(HANGS, exit=True)  # where no signal is heard
        last.seek(0)
        last.truncate()
        last.write(repr(call))
        last.flush()
        try:
            status = keep_contract(call).status
            statuses[status] = statuses.get(status, 0) + 1
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            key = (type(error).__name__, str(error)[:40]) if isinstance(error, Fault) else (
                type(error).__name__, where.filename, where.lineno)  # fmt: skip
            if faults.setdefault(key, call) is call:
                report(error, call)

    with contextlib.suppress(KeyboardInterrupt):
        each()
    print(f"{sum(statuses.values())} calls kept the contract, by status {dict(sorted(statuses.items()))};"
          f" {len(faults)} faults; seed {chosen.seed}")  # fmt: skip
    return bool(faults)


def report(error, call):
    """Print a fault, and the call that shows it."""
    print("-" * 100)
    print("mgrad", shlex.join(call.args).encode("utf-8", "backslashreplace").decode())
    for name, data in {**call.files, "stdin": call.stdin}.items():
        if name in " ".join(call.args) or (name == "stdin" and data):
            print(f"  {name}: {data!r}")
    print("".join(traceback.format_exception(error, limit=-4)), flush=True)


if __name__ == "__main__":
    sys.exit(main())
