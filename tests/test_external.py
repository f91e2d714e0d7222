"""`mgrad check --command`: programs in several languages, and programs that misbehave."""

import os
import shutil
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest

from micrograd_cli.checks.external import Answer, Printed, answer, filled, kill, resolution
from micrograd_cli.checks.foreign import ForeignSubject
from micrograd_cli.errors import DataError

PROGRAMS = Path(__file__).parent / "programs"
PYTHON = sys.executable
COMPILER = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)


@pytest.fixture(scope="session")
def loss(tmp_path_factory):
    """tests/programs/loss.c, compiled."""
    if COMPILER is None:
        pytest.skip("there is no C compiler")
    program = tmp_path_factory.mktemp("c") / "loss"
    subprocess.run([COMPILER, "-O2", "-o", program, PROGRAMS / "loss.c", "-lm"], check=True)
    return program


@pytest.fixture
def check(mgrad):
    """Run mgrad check on a command with a, b and c bound; the verdicts by input, and the process."""

    def run(command, *args):
        done = mgrad("check", "--command", command, *args, "--format", "plain")
        lines = [line.split() for line in done.stdout.splitlines()]
        return {words[0]: words[1] for words in lines}, done

    return run


POINT = ["--a", "0.5", "--b", "-1", "--c", "0.25"]
PASSED = {"a": "passed", "b": "passed", "c": "passed"}


def test_python(check):
    command = f"{PYTHON} {PROGRAMS}/loss.py {{a}} {{b}} {{c}}"
    assert check(command, *POINT, "--wrt", "a,c")[0] == {"a": "passed", "c": "passed"}
    found, done = check(f"{command} --fault", *POINT, "--wrt", "b", "--jobs", "2")
    assert found == {"b": "failed"}
    assert (done.returncode, done.stderr) == (1, "")


def test_c(check, loss):
    assert check(f"{loss} {{a}} {{b}} {{c}}", *POINT)[0] == PASSED
    ranges = ["--a", "-1:1", "--b", "0.5:2", "--c", "0", "--samples", "20", "--jobs", "4"]
    found, done = check(f"{loss} {{a}} {{b}} {{c}}", *ranges, "--claim", "a=b*(1-tanh(a*b)^2)")
    assert set(found.values()) == {"passed"}
    assert len(done.stdout.splitlines()) == 4


def test_c_that_prints_six_digits(check, mgrad, loss):
    command = f"{loss} {{a}} {{b}} {{c}} x"
    right, wrong = "a=b*(1-tanh(a*b+c)^2)", "a=b*(1-tanh(a*b+c))"
    assert check(command, *POINT, "--claim", right)[0] == {"a": "inconclusive"}
    assert check(command, *POINT, "--claim", right, "--rtol", "1e-3")[0] == {"a": "passed"}
    assert check(command, *POINT, "--claim", wrong)[0] == {"a": "failed"}
    told = mgrad("check", "--command", command, *POINT, "--claim", right).stdout
    assert "(rounding)" in told
    assert "the program prints 6 digits, and a float has 17 (%.17g)" in told


@pytest.mark.skipif(shutil.which("awk") is None, reason="needs awk")
def test_awk_with_an_expression_for_its_gradient(check):
    command = f"awk -v a={{a}} -v b={{b}} -v c={{c}} -f {PROGRAMS}/loss.awk"
    assert check(command, "sin(a)*b + c", *POINT)[0] == PASSED
    assert check(command, "cos(a)*b + c", *POINT)[0]["a"] == "failed"


@pytest.mark.skipif(shutil.which("bc") is None, reason="needs bc")
def test_a_shell_script(check):
    command = f"sh {PROGRAMS}/loss.sh {{a}} {{b}} {{c}}"
    found, _ = check(
        command, *POINT, "--claim", "a=2*a*b", "--expect", "b=0.25", "--expect", "c=-1"
    )
    assert found == PASSED


def test_mgrad_checks_mgrad(check):
    command = "mgrad eval 'tanh(a*b + c)' --a {a} --b {b} --c {c} --format jsonl"
    assert check(command, *POINT, "--jobs", "4", "--wrt", "a")[0] == {"a": "passed"}


@pytest.mark.skipif(shutil.which("awk") is None, reason="needs awk")
def test_a_kink_inside_a_program_is_seen_from_outside(check):
    command = "awk -v a={a} 'BEGIN { printf \"%.17g\", (a > 0 ? a : 0) }'"
    assert check(command, "--a", "0", "--claim", "a=0")[0] == {"a": "inconclusive"}
    assert check(command, "--a", "0.1", "--claim", "a=1")[0] == {"a": "passed"}
    assert check(command, "--a", "0", "--claim", "a=2")[0] == {"a": "failed"}


@pytest.mark.skipif(shutil.which("awk") is None, reason="needs awk")
def test_an_edge_inside_a_program_is_seen_from_outside(mgrad):
    command = 'awk -v a={a} \'BEGIN { if (a < 0) print "nan"; else printf "%.17g", a^1.5 }\''
    done = mgrad("check", "--command", command, "--a", "0", "--claim", "a=0")
    assert "a inconclusive (edge): the value is nan at a = -" in done.stdout


# --- how it is started ----------------------------------------------------------------------------


def test_words_are_never_read_by_a_shell(mgrad, tmp_path):
    for command in ("echo {a} ; touch spoiled", "echo {a} $(touch spoiled)", "echo {a} > spoiled"):
        done = mgrad("check", "--command", command, "--a", "1", "--claim", "a=1")
        assert done.returncode == 5
        assert not list(tmp_path.iterdir())


def test_numbers_are_put_inside_words():
    point = {"a": 1e-300, "b": -2.0, "é": float("inf")}
    assert filled("--x={a},{b}", point) == "--x=1e-300,-2.0"
    assert filled("{é}{{a}}{ b}{}", point) == "inf{a}{ b}{}"


def test_several_run_at_once(mgrad):
    command = f"{PYTHON} {PROGRAMS}/misbehaving.py meet {{a}}"
    args = ["check", "--command", command, "--a", "1", "--claim", "a=0", "--timeout", "20"]
    assert mgrad(*args, "--jobs", "4").returncode == 0


BAD = {
    "fail": "exits with status 1",
    "hang": "has not ended after 1 s (--timeout)",
    "grandchild": "has not ended after 1 s (--timeout)",
    "chat": 'prints neither a number nor JSON with a "value"',
    "trail": 'prints neither a number nor JSON with a "value"',
    "silent": "prints nothing",
    "flood": "prints more than 1,000,000 bytes",
    "crash": "was ended by SIGSEGV",
    "unknown": "prints a gradient of 'z', which is not an input",
    "valueless": 'prints neither a number nor JSON with a "value"',
}


@pytest.mark.parametrize("act", BAD)
def test_misbehaving(mgrad, act):
    command = f"{PYTHON} {PROGRAMS}/misbehaving.py {act} {{a}}"
    start = time.monotonic()
    done = mgrad("check", "--command", command, "--a", "1", "--claim", "a=1", "--timeout", "1")
    assert time.monotonic() - start < 30  # what hangs would go on for a minute
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.startswith(f"error: the command {BAD[act]}: {PYTHON} ")
    assert "Traceback (most recent" not in done.stderr
    if act == "fail":
        assert done.stderr.endswith(
            "  its standard error:\n  | Traceback: the file loss.dat is missing\n"
        )
    if act == "trail":
        assert done.stderr.endswith("  its standard output:\n  | 1.0\n  | done\n")


def test_what_varies_from_run_to_run_is_noise(mgrad):
    command = "bash -c 'echo 1.0$RANDOM' {a}"
    done = mgrad("check", "--command", command, "--a", "1", "--claim", "a=0.01")
    assert done.returncode == 0
    assert "from run to run" in done.stdout


def test_nothing_runs_on_after_an_interrupt(environment, tmp_path):
    pids = tmp_path / "pids"
    script = (
        "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); time.sleep(60)"
    )
    command = f'{PYTHON} -c "{script}" {pids} {{a}}'
    process = subprocess.Popen(
        [PYTHON, "-m", "micrograd_cli", "check", "--command", command, "--a", "1", "--jobs", "2",
         "--claim", "a=1"],
        env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 20
    while not (pids.exists() and pids.read_text().count("\n") == 2):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=20) == ("", "")
    assert process.returncode == 130
    for pid in map(int, pids.read_text().split()):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


# --- what it prints -------------------------------------------------------------------------------

NUMBERS = {
    "1.5\n": 1.5,
    "  -2e-3 \n\n": -0.002,
    "+.5": 0.5,
    "1": 1.0,
    "nan": float("nan"),
    "-nan": float("nan"),
    "-inf": float("-inf"),
    "Infinity": float("inf"),
    "0x1.8p+1": 3.0,  # C's %a
    " 0.15D+01": 1.5,  # Fortran
    '{"value": 2}': 2.0,
    '{"value": NaN}': float("nan"),
    '{"value": null, "grad": null}': float("nan"),
    '{"loss": "x", "value": 1e5}': 1e5,
}


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers_are_read(text):
    found = answer(Printed(text, ""), ["x"], {})
    assert float(found.value) == pytest.approx(NUMBERS[text], nan_ok=True)
    assert found.grad == {}


NO_NUMBERS = ["", " \n", "x", "1.5 2.5", "1,5", "0x", "1.5D", "nanx", "[1]", "{}", '{"value": "1"}',
              '{"value": true}', '{"value": 1} 2', '{"value": 1, "grad": [1]}', '{"value": ',
              '{"value": 1, "grad": {"a": "x"}}', '{"value": 1, "grad": {"b": 1}}', "1_000_", "١x"]  # fmt: skip


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(DataError):
        answer(Printed(text, ""), ["x"], {"a": 1.0})


@pytest.mark.parametrize(
    ("values", "unit"),
    [
        ("0.123456 0.120000", 5e-7),
        ("0.123456 0.12", 5e-7),  # %g leaves zeros out
        ("123.4 5.6", 0.05),
        ("3 4", 0.5),
        ("1e-3 2.5e-3", 5e-5),
        ("0.12345678901234567 0.5", 0.0),
        ("nan", 0.0),
    ],
)
def test_resolution(values, unit):
    assert resolution(map(Decimal, values.split()))[0] == pytest.approx(unit)


@pytest.mark.skipif(not os.path.exists("/proc/self"), reason="needs /proc")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_nothing_runs_on_after_a_signal(environment, tmp_path, number):
    mark = tmp_path / "started"
    script = tmp_path / "slow.sh"
    script.write_text(f'#!/bin/sh\necho $$ >> "{mark}"\nexec sleep 77\n')
    script.chmod(0o755)
    process = subprocess.Popen(
        [sys.executable, "-m", "micrograd_cli", "check", "--command", f"{script} {{a}}", "--a", "1",
         "--claim", "a=1"],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while not (mark.exists() and mark.read_text().endswith("\n")):
        time.sleep(0.05)
    process.send_signal(number)
    assert process.wait(timeout=30) == 128 + number
    children = [Path(f"/proc/{child}/cmdline") for child in mark.read_text().split()]
    for _ in range(100):
        if not any(b"sleep" in child.read_bytes() for child in children if child.exists()):
            return
        time.sleep(0.05)
    raise AssertionError("a command runs on")


@pytest.mark.parametrize(
    ("function", "obstacle", "words"),
    [
        (lambda x: "100000000000000000001", "", "the error bar is too long to tell"),
        (lambda x: "0" if x == 1 else "inf", "nonfinite", "the value is inf at x = "),
    ],
)
def test_what_is_seen_of_a_program_from_outside(function, obstacle, words):
    def run(points):
        return [Answer(Decimal(f"{function(each['x'])}"), {}) for each in points]

    place = ForeignSubject(run).at({"x": 1.0})
    found = place.estimate("x", lambda x: 1e-6, thorough=True)
    assert found.obstacle == obstacle
    assert place.reason("x", found).message.startswith(words)


def test_a_program_that_has_ended_need_not_be_killed():
    done = subprocess.Popen(["true"], start_new_session=True)
    done.wait()
    kill(done)
    assert done.returncode == 0
