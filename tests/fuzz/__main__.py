"""The long run: `python tests/fuzz [COMMAND …] [--cases N] [--seed S]`; each fault once, with its call.

The case N of seed S is drawn from "S-N": `--only N` runs it again.
"""

import argparse
import faulthandler
import resource
import shlex
import sys
import tempfile
import time
import traceback
import warnings

from calls import call
from contract import Fault, keep_contract

from micrograd_cli.commands import COMMANDS

HANGS = 600  # seconds until a call that hears no signal ends the run
MEMORY = 16 << 30  # bytes of address space
TELLS = 10_000  # cases between two lines of progress


def arguments():
    parser = argparse.ArgumentParser(prog="python tests/fuzz", description=__doc__)
    parser.add_argument("commands", nargs="*", metavar="COMMAND", help="these commands alone")
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10**6)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after these")
    parser.add_argument("--only", type=int, help="run this case alone")
    return parser.parse_args()


def main():
    """Run the cases; exit status 1 where one broke the contract."""
    chosen = arguments()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    warnings.simplefilter("ignore")
    names = tuple(chosen.commands) or tuple(COMMANDS)
    run = Run()
    end = time.monotonic() + chosen.seconds
    cases = range(chosen.cases) if chosen.only is None else [chosen.only]
    try:
        for number in cases:
            if time.monotonic() > end:
                break
            run.case(number, call(f"{chosen.seed}-{number}", names))
            if number % TELLS == TELLS - 1:
                run.tell(chosen.seed)
    except KeyboardInterrupt:
        pass
    run.tell(chosen.seed)
    return bool(run.faults)


class Run:
    """What became of the cases."""

    def __init__(self):
        self.statuses, self.faults = {}, {}
        number, path = tempfile.mkstemp(prefix="fuzz-last-", suffix=".txt")
        self.last = open(number, "w", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115
        print(f"the call that runs stands in {path}", flush=True)

    def case(self, number, call):
        """Run a call; print the fault that it shows, if no other has shown it."""
        faulthandler.dump_traceback_later(HANGS, exit=True)  # where no signal is heard
        self.last.seek(0)
        self.last.truncate()
        self.last.write(f"{number}: {call!r}")
        self.last.flush()
        try:
            status = keep_contract(call).status
            self.statuses[status] = self.statuses.get(status, 0) + 1
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            key = (type(error).__name__, str(error)[:40]) if isinstance(error, Fault) else (
                type(error).__name__, where.filename, where.lineno)  # fmt: skip
            if self.faults.setdefault(key, call) is call:
                report(number, error, call)

    def tell(self, seed):
        kept = sum(self.statuses.values())
        print(f"{kept} calls kept the contract, by status {dict(sorted(self.statuses.items()))};"
              f" {len(self.faults)} faults; seed {seed}", flush=True)  # fmt: skip


def report(number, error, call):
    """Print a fault, and the call that shows it."""
    print("-" * 100)
    print(f"{number}: mgrad", shlex.join(call.args).encode("utf-8", "backslashreplace").decode())
    for name, data in {**call.files, "stdin": call.stdin}.items():
        if name in " ".join(call.args) or (name == "stdin" and data):
            print(f"  {name}: {data[:2000]!r}")
    print("".join(traceback.format_exception(error, limit=-4)), flush=True)


if __name__ == "__main__":
    sys.exit(main())
