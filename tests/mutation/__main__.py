"""Mutation testing: `python tests/mutation [MODULE …] [--sample N] [--seed S]`.

Each mutant is a copy of this checkout with one small fault, as Cosmic Ray's operators make them; the
tests of its module must see it. `[tool.mutation]` in pyproject.toml says which operators, and which
tests see a module: a list of runs of pytest, the quick ones first. A mutant that survives all of them
is printed, unless `explained.toml` says why it does no harm. Exit status 1 where one is new.
"""

import argparse
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from operator import attrgetter
from pathlib import Path

from mutants import mutants
from runs import Runs

ROOT = Path(__file__).parents[2]
PLAN = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mutation"]
EXPLAINED = Path(__file__).with_name("explained.toml")


def arguments():
    parser = argparse.ArgumentParser(prog="python tests/mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE",
                        help="these modules alone, as engine.py")  # fmt: skip
    parser.add_argument(
        "--sample", type=int, metavar="N", help="of each module N mutants at random"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    return parser.parse_args()


def harmless(module):
    """Whether a change is explained: its lines are listed, or differ in what a pattern ignores."""
    entries = [
        each
        for each in tomllib.loads(EXPLAINED.read_text())["explained"]
        if each["module"] == module
    ]
    listed = {tuple(pair) for each in entries for pair in each.get("mutants", ())}
    ignored = [re.compile(each["ignores"]) for each in entries if "ignores" in each]

    def explained(change):
        return change in listed or any(
            len({pattern.sub("", line) for line in change}) == 1 for pattern in ignored
        )

    return explained, listed


def checkout(folder):
    """A copy of what the repository holds."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT,
                            check=True, capture_output=True, text=True).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)


def examine(module, runs, chosen):
    """Test a module's mutants and print its line of the report: how many survive that are new."""
    path = Path("micrograd_cli") / module
    every = list(mutants((ROOT / path).read_text(), PLAN["operators"]))
    explained, listed = harmless(module)
    for line, becomes in sorted(listed - {mutant.change for mutant in every}):
        print(f"{module}: explained, but no mutant any more: {line}  ->  {becomes}")
    tested = [mutant for mutant in every if not explained(mutant.change)]
    known = len(every) - len(tested)
    if chosen.sample is not None and chosen.sample < len(tested):
        tested = sorted(
            random.Random(chosen.seed).sample(tested, chosen.sample), key=attrgetter("number")
        )
    start, survived = time.monotonic(), 0
    stages = runs.timed(PLAN["modules"][module])
    for mutant in tested:
        if runs.survives(path, mutant.source, stages):
            survived += 1
            print(f"{path}:{mutant.number}: {mutant.operator}\n  - {mutant.change[0]}\n"
                  f"  + {mutant.change[1]}", flush=True)  # fmt: skip
    print(f"{module}: of {len(every)} mutants {known} are explained and {len(tested)} were tested: "
          f"{len(tested) - survived} killed, {survived} survived, {time.monotonic() - start:.0f} s",
          flush=True)  # fmt: skip
    return survived


def main():
    """Examine the modules; exit status 1 where a mutant survived that nobody has explained."""
    chosen = arguments()
    with tempfile.TemporaryDirectory() as folder:
        checkout(Path(folder))
        runs = Runs(Path(folder))
        return (
            sum(examine(module, runs, chosen) for module in chosen.modules or PLAN["modules"]) > 0
        )


if __name__ == "__main__":
    sys.exit(main())
