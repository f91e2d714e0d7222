"""The wide run: `python tests/faults [--times N] [--seed S]`; each command, in each of its formats, under every fault."""

import argparse
import random
import shlex
import sys
import tempfile
import time
from pathlib import Path

from faults import file_jobs, forked, jobs_of, wrong
from matrix import FILES, every_call, write_files

AT_ONCE = 200  # jobs of one process


def arguments():
    parser = argparse.ArgumentParser(prog="python tests/faults", description=__doc__)
    parser.add_argument("--times", type=int, default=5, help="faults of each kind for a call")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10**6)
    return parser.parse_args()


def main():
    """Run them; exit status 1 where one was not met as it must be."""
    chosen = arguments()
    r = random.Random(chosen.seed)
    faults = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_files(folder)
        calls = dict(every_call())
        clean = forked([{"args": args, "fault": "none"} for args in calls.values()], folder)
        written = forked(
            [{"args": args, "fault": "none", "file": path} for path, args in FILES.values()], folder
        )
        jobs = [*jobs_of(calls, clean, r, chosen.times), *file_jobs(written, r, 4 * chosen.times)]
        print(f"{len(calls)} calls, {len(jobs)} faults, seed {chosen.seed}", flush=True)
        for start in range(0, len(jobs), AT_ONCE):
            part = jobs[start : start + AT_ONCE]
            for (_, sound, job), found in zip(
                part, forked([job for *_, job in part], folder), strict=True
            ):
                problem = wrong(sound, job["fault"], found)
                if problem:
                    faults += 1
                    print(
                        f"{job['fault']}: mgrad {shlex.join(job['args'])}\n  {problem}\n  {found['err'][:500]}",
                        flush=True,
                    )
            print(f"{start + len(part)} done, {faults} not met as they must be", flush=True)
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
