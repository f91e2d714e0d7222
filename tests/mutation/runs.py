"""Runs of pytest over a checkout, each in a process that is forked with the tests' libraries loaded."""

import importlib
import os
import shlex
import signal
import sys
import time

LIBRARIES = (
    "pytest",
    "hypothesis",
    "mpmath",
    "numpy",
    "sympy",
)  # most of a run would be their import
QUIET = ("-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0")


class Runs:
    """The checkout in a folder, and the tests in it."""

    def __init__(self, folder):
        self.folder = folder
        for library in LIBRARIES:
            importlib.import_module(library)
        if "micrograd_cli" in sys.modules:
            raise RuntimeError("the package is loaded: its mutants would not be")

    def timed(self, stages):
        """The stages, and for each the seconds after which a mutant of it hangs."""
        found = []
        for stage in stages:
            start = time.monotonic()
            if self.status(stage, 3600) != 0:
                raise SystemExit(f"without a mutant these tests fail: {stage}")
            found.append((stage, 5 + 4 * (time.monotonic() - start)))
        return found

    def survives(self, path, mutated, stages):
        """Whether all stages pass with a file of the checkout changed."""
        target = self.folder / path
        before = target.read_text()
        target.write_text(mutated)
        try:
            return all(self.status(stage, limit, target) == 0 for stage, limit in stages)
        finally:
            target.write_text(before)
            forget(target)

    def status(self, stage, limit, changed=None):
        """The exit status of one run, other than 0 where it hangs."""
        if changed is not None:
            forget(changed)
        child = os.fork()
        if not child:
            os._exit(self.pytest(stage))
        end = time.monotonic() + limit
        while time.monotonic() < end:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                return status
            time.sleep(0.02)
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return -1

    def pytest(self, stage):
        """In the child: the tests, with nothing on the screen."""
        import pytest

        os.setsid()
        os.chdir(self.folder)
        sys.path[0] = str(self.folder)
        sys.dont_write_bytecode = True
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        try:
            return int(pytest.main([*QUIET, *shlex.split(stage)]))
        except BaseException:
            return 1


def forget(path):
    """Remove the bytecode of a module: two mutants may have one size and one second."""
    for cached in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        cached.unlink()
