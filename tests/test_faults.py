"""Every command against the world: signals, readers that go away, folders and places without rights, odd terminals.

The matrix: what is interrupted ends with its status, leaves no half file and no child; what cannot be written says so.
"""

import ast
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "faults"))

from faults import SIGNALS, few_calls, file_jobs, forked, jobs_of, wrong
from matrix import CALLS, FILES, MORE, write_files

ROWS = 300_000
SLOW = "sum(sin(a*i + x)^2 for i in range(600))"
LONG = {  # long enough that a signal meets them at work
    "map": ["map", SLOW, "big.csv", "--a", "2", "-o", "o.csv", "--engine", "rows"],
    "columns": ["map", SLOW, "big.csv", "--a", "2", "-o", "o.parquet"],
    "fit": ["fit", SLOW, "big.csv", "--target", "x", "--start", "a=0.1:9", "--starts", "50", "-o", "o.csv"],
    "minimize": ["minimize", SLOW, "big.csv", "--method", "adam", "--steps", "100000", "--trace", "o.csv"],
    "uncertainty": ["uncertainty", SLOW, "--a", "2±0.1", "--x", "1±0.1", "--mc", "20000000"],
    "check": ["check", SLOW, "--a", "0:1", "--x", "0:1", "--samples", "1000000"],
    "command": ["check", "--command", "sleep {x}", "--x", "600:601", "--samples", "4", "--jobs", "2"],
    "plot": ["plot", "sum(sin(a*i + x)^2 for i in range(30000))", "--x", "0:100", "--a", "2", "-o", "o.svg"],
    "page": ["page", "-", "-o", "o.html"],
    "each": ["eval", "--each", "-f", "-", "--a", "1", "--format", "jsonl"],
    "folder": ["map", SLOW, "big.csv", "t.csv", "--a", "2", "-o", "out/"],
    "reduce": ["map", SLOW, *["big.csv"] * 90, "--a", "2", "--reduce", "mean", "-o", "o.csv"],
}  # fmt: skip
CONTINUES = {"fit", "minimize", "each", "page"}  # an interrupt may leave a result: the best so far


@pytest.fixture
def folder(tmp_path):
    write_files(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    path = tmp_path_factory.mktemp("big") / "big.csv"
    path.write_text("x\n" + "".join(f"{i % 977 / 100}\n" for i in range(ROWS)))
    return path


def mgrad_process(args, environment, folder, **options):
    return subprocess.Popen(
        [sys.executable, "-m", "micrograd_cli", *args], cwd=folder, env=environment, **options
    )


# --- signals --------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
@pytest.mark.parametrize("name", LONG)
def test_a_signal_in_the_middle(environment, folder, big, name, number):
    os.symlink(big, folder / "big.csv")
    (folder / "o.csv").write_text("what was here before")
    wait = 0.4 + random.Random(f"{name}{number}").random()
    process = mgrad_process(LONG[name], environment, folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, start_new_session=True)  # fmt: skip
    time.sleep(wait)
    assert process.poll() is None, process.communicate()
    process.send_signal(number)
    if name in ("page", "each") and number == signal.SIGINT:
        process.stdin.close()
    process.stdout.read()
    err = process.stderr.read()
    process.wait(timeout=60)
    assert process.returncode in (SIGNALS[number], -number)
    assert b"Traceback" not in err
    assert b"itself has failed" not in err
    assert not [each for each in os.listdir(folder) if each.endswith(".part")]
    if (
        folder / "o.csv"
    ).read_text() != "what was here before":  # else a whole one, of what was done
        assert name in CONTINUES
        assert (folder / "o.csv").read_bytes().endswith(b"\n")
    assert not {"o.svg", "o.html", "o.parquet"} & {*os.listdir(folder)}
    with pytest.raises(ProcessLookupError):  # no child is left in its session
        os.killpg(process.pid, 0)


# --- readers that go away, full and closed streams ---------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("part", range(4))
def test_readers_and_streams(environment, folder, part):
    r = random.Random(part)
    calls = dict([*few_calls(r).items()][part::4])
    clean = forked(
        [{"args": args, "fault": "none"} for args in calls.values()], folder, environment
    )
    meets(jobs_of(calls, clean, r, 1), folder, environment)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_files_and_signals_at_any_time(environment, folder):
    jobs = [{"args": args, "fault": "none", "file": path} for path, args in FILES.values()]
    clean = forked(jobs, folder, environment)
    assert {found["status"] for found in clean} == {0}
    meets(file_jobs(clean, random.Random(7), 2), folder, environment)


def meets(jobs, folder, environment):
    """Each fault is met as it must be."""
    jobs = [*jobs]
    found = forked([job for *_, job in jobs], folder, environment)
    bad = [(job, problem, each["err"]) for (_, sound, job), each in zip(jobs, found, strict=True)
           if (problem := wrong(sound, job["fault"], each))]  # fmt: skip
    assert jobs
    assert bad == []


# --- a user without rights, places that are none ------------------------------------------------------


@pytest.fixture
def powerless():
    """The words before a command whose user may not write where no one may: root may, as it is."""
    if os.name != "posix" or os.geteuid() != 0:
        return []
    words = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]
    if not shutil.which("setpriv") or subprocess.run([*words, "true"]).returncode:
        pytest.skip("root cannot give its rights away here")
    return words


@pytest.mark.parametrize("name", FILES)
def test_a_folder_that_is_read_only(environment, folder, powerless, name):
    path, args = FILES[name]
    before = {*os.listdir(folder)}
    (folder / path).write_text("before")
    (folder / "out").mkdir()
    for place in (folder / "out", folder):
        place.chmod(0o555)
    try:
        done = subprocess.run([*powerless, sys.executable, "-m", "micrograd_cli", *args], cwd=folder,
                              env=environment, capture_output=True, text=True)  # fmt: skip
    finally:
        folder.chmod(0o755)
    assert done.returncode == 5, done.stderr
    assert done.stderr.splitlines()[-1].startswith("error: cannot write ")
    assert "Permission denied" in done.stderr
    assert (folder / path).read_text() == "before"
    assert {*os.listdir(folder)} - before <= {path, "out"}


ENVIRONMENTS = {
    "no HOME": {"HOME": None},
    "dumb": {"TERM": "dumb"},
    "no TERM": {"TERM": None},
    "C": {"LANG": "C", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    "latin-1": {"PYTHONIOENCODING": "latin-1"},
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "a HOME that is a file": {"HOME": "/dev/null"},
    **{f"{columns} columns": {"COLUMNS": str(columns)} for columns in (1, 7, 40)},
}  # fmt: skip


@pytest.mark.parametrize("change", ENVIRONMENTS)
def test_any_environment(environment, folder, change):
    env = {**environment, **ENVIRONMENTS[change]}
    env = {name: value for name, value in env.items() if value is not None}
    code = """if True:
        import contextlib, io, os, sys
        from micrograd_cli.commands import run
        bad = []
        for args in eval(sys.stdin.read()):
            before = set(os.listdir())
            try:
                status = run(args)
            except Exception as error:
                status = repr(error)
            if status:
                bad.append((args, status))
        sys.stderr.write(repr(bad))
    """
    calls = [
        *CALLS.values(),
        *MORE.values(),
        ["eval", "π*`日本`", "--let", "`日本`=2"],
        ["plot", "π*x", "--x", "0:1"],
    ]
    done = subprocess.run([sys.executable, "-c", code], input=ascii(calls).encode(), cwd=folder, env=env,
                          capture_output=True)  # fmt: skip
    if "columns" in change and int(change.split()[0]) < 20:  # a plot has no room there, and says so
        told = done.stderr.decode().rpartition("[")[0] or done.stderr.decode()
        assert {call[0] for call, _ in ast.literal_eval(done.stderr.decode().splitlines()[-1])} <= {
            "plot"
        }, told
        return
    assert done.stderr.decode(errors="replace").endswith("[]"), done.stderr
