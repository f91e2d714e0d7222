"""What the tests share: running commands as a user would, and `--regenerate` for golden files."""

import io
import os
import shlex
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "micrograd_cli" / "examples"

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # which commands would inherit ignored, under nohup


def pytest_addoption(parser):
    parser.addoption("--regenerate", action="store_true", help="Rewrite the golden files.")


@pytest.fixture
def regenerate(request):
    return request.config.getoption("--regenerate")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Two worker processes of Dask, for the tests of one file."""
    distributed = pytest.importorskip("distributed")
    scratch = str(tmp_path_factory.mktemp("scratch"))
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0",
                                  local_directory=scratch) as cluster:  # fmt: skip
        yield cluster


@pytest.fixture(scope="session")
def environment(tmp_path_factory):
    """A plain environment in which `mgrad` is this checkout's."""
    folder = tmp_path_factory.mktemp("bin")
    program = folder / "mgrad"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m micrograd_cli "$@"\n')
    program.chmod(0o755)
    kept = {
        name: os.environ[name]
        for name in ("HOME", "TMPDIR", "SYSTEMROOT", "COVERAGE_PROCESS_CONFIG")
        if name in os.environ
    }
    paths = [str(folder), os.path.dirname(sys.executable), os.environ["PATH"]]
    return {
        **kept,
        "PATH": os.pathsep.join(paths),
        "PYTHONPATH": str(ROOT),
        "LANG": "C.UTF-8",
        "TERM": "xterm",
    }


@pytest.fixture
def here(tmp_path, monkeypatch, capsys):
    """Run mgrad in this process, in an empty folder: its status, its output, its messages."""
    from micrograd_cli.commands import run

    monkeypatch.chdir(tmp_path)

    def call(*args, terminal=False):
        with monkeypatch.context() as patch:
            if terminal:
                patch.setattr(sys.stdout, "isatty", lambda: True)
                patch.setattr(sys.stderr, "isatty", lambda: True)
            return (run([*args]), *capsys.readouterr())

    return call


def shell(environment, folder):
    """What runs a line of shell in a folder: the completed process, with text output."""

    def run(command, **options):
        options.setdefault("cwd", folder)
        options.setdefault("stdin", subprocess.DEVNULL)
        env = {**environment, **options.pop("env", {})}
        return subprocess.run(
            ["bash", "-o", "pipefail", "-c", command],
            env=env, capture_output=True, text=True, timeout=120, **options,
        )  # fmt: skip

    return run


@pytest.fixture
def bash(environment, tmp_path):
    """Run a line of shell in an empty folder."""
    return shell(environment, tmp_path)


@pytest.fixture(scope="module")
def side_by_side(request, environment, tmp_path_factory):
    """Compute `function(bash, path)` for each file that the chosen tests name, on all cores.

    `side_by_side(function)` gives a future for each path; each has a `bash` in a folder of its own.
    """
    tests = [test for test in request.session.items if test.path == request.path]
    paths = [t.callspec.params["path"] for t in tests if "side_by_side" in t.fixturenames]
    pool = ThreadPoolExecutor(os.cpu_count())

    def start(function):
        folders = {path: tmp_path_factory.mktemp(path.stem) for path in paths}
        return {
            path: pool.submit(function, shell(environment, folder), path, folder)
            for path, folder in folders.items()
        }

    yield start
    pool.shutdown(cancel_futures=True)


@pytest.fixture
def mgrad(environment, tmp_path):
    """Run mgrad with a list of arguments: the completed process, with text output."""

    def run(*args, **options):
        options.setdefault("cwd", tmp_path)
        if "input" not in options:
            options.setdefault("stdin", subprocess.DEVNULL)
        env = {**environment, **options.pop("env", {})}
        return subprocess.run(
            [sys.executable, "-m", "micrograd_cli", *args],
            env=env, capture_output=True, text=True, timeout=120, **options,
        )  # fmt: skip

    return run


@pytest.fixture
def inside(here, monkeypatch):
    """The same of a line, as it is typed, with nothing on standard input."""
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    return lambda line: here(*shlex.split(line))
