"""`mgrad fit --certain 11` on all 27 problems of NIST: whether every digit is the certified one.

python tests/benchmarks/fit_certain.py
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import tomllib
from pathlib import Path

NIST = Path(__file__).parent.parent / "nist"


def main() -> None:
    right = 0
    problems = tomllib.loads((NIST / "problems.toml").read_text())
    for name, problem in problems.items():
        start = time.perf_counter()
        starts = [word for p, x in problem["starts"][1].items() for word in (f"--{p}", x)]
        done = subprocess.run(
            [sys.executable, "-m", "micrograd_cli", "fit", problem["model"],
             str(NIST / f"{name}.csv"), "--target", problem["target"], *starts,
             "--certain", "11", "--format", "json"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        certain = json.loads(done.stdout)["certain"]
        same = [
            f"{float(certain[kind][each]):.10E}" == f"{float(text):.10E}"
            for kind, key in (("params", "certified"), ("stderr", "deviations"))
            for each, text in problem[key].items()
        ]
        right += all(same)
        print(f"{name:10} {sum(same)} of {len(same)}  {time.perf_counter() - start:.1f} s")
    print(f"all digits: {right} of {len(problems)}")


if __name__ == "__main__":
    main()
