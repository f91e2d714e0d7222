"""What the manual's chapter "promises" says of code, files, network and shell, asked of Python's audit events."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "faults"))

from matrix import CALLS, FILES, write_files

MARK = "unheard_of"  # an input: what is compiled or run must not hold it
AUDIT = """if True:
    import json, os, sys
    seen = []

    def text(x):
        return x.decode("utf-8", "replace") if isinstance(x, bytes) else x if isinstance(x, (str, int)) else repr(x)

    def hook(event, args):
        if event == "open":
            path, mode, flags = args
            if isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and not isinstance(path, int):
                seen.append(["write", os.path.abspath(path)])
        elif event == "compile" and args[0] is not None:
            seen.append(["compile", text(args[0]), text(args[1])])
        elif event.split(".")[0] in ("socket", "subprocess", "pickle", "urllib", "ftplib", "http", "smtplib", "tempfile",
                                     "webbrowser", "shutil", "marshal") or event in (
                "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.mkdir", "os.rename", "os.remove", "os.link",
                "os.symlink", "os.chmod", "os.rmdir"):
            if event not in ("marshal.loads", "marshal.load"):  # Python's own compiled modules
                seen.append([event, *map(text, args)])

    from micrograd_cli.commands import run
    sys.addaudithook(hook)
    status = run(json.loads(os.environ["ARGS"]))
    sys.stdout.flush()
    sys.stderr.write("\\n" + json.dumps([status, seen]))
"""


@pytest.fixture
def audited(environment, tmp_path):
    """Runs a command in a folder of its own: its status, and the events by name."""
    write_files(tmp_path)
    (tmp_path / "u.csv").write_text(f"{MARK},y\n1,2\n2,3\n3,5\n5,4\n")
    (tmp_path / "out").mkdir()
    (tmp_path / "home").mkdir()

    def run(args, **env):
        home = str(tmp_path / "home")
        done = subprocess.run(
            [sys.executable, "-B", "-c", AUDIT], cwd=tmp_path, capture_output=True, stdin=subprocess.DEVNULL,
            env={**environment, "HOME": home, "XDG_CACHE_HOME": home, "TMPDIR": home, "ARGS": json.dumps(args), **env},
        )  # fmt: skip
        status, seen = json.loads(done.stderr.decode().splitlines()[-1])
        assert not [*(tmp_path / "home").iterdir()]
        events = {}
        for name, *rest in seen:
            events.setdefault(name, []).append(rest)
        return status, events

    return run


COMPILED = [
    ["map", f"sin({MARK})^2", "u.csv", "--engine", "rows"], ["map", f"sin({MARK})^2", "u.csv", "--engine", "columns"],
    ["fit", f"k*{MARK} + c", "u.csv", "--target", "y", "--start", "k=1", "--start", "c=0"],
    ["minimize", f"({MARK} - 1)^2"], ["plot", f"{MARK}^2", f"--{MARK}", "0:1"],
    ["uncertainty", f"{MARK}^2", f"--{MARK}", "2±0.1", "--mc", "100"],
    ["eval", f"f({MARK}_2) = {MARK}_2^2; f({MARK})", f"--{MARK}", "2"], ["check", f"{MARK}^2", f"--{MARK}", "2"],
]  # fmt: skip


def shown(args):
    return " ".join(args)[:60]


@pytest.mark.parametrize("args", [*CALLS.values(), *COMPILED], ids=shown)
def test_nothing_is_written_run_or_sent(audited, args):
    status, events = audited(args)
    assert status == 0
    for source, _ in events.pop(
        "compile", []
    ):  # named tuples, and the rows of a program: by numbers
        assert MARK not in source
    written = [path for [path] in events.pop("write", [])]
    assert not [path for path in written if path != "/dev/null"]
    assert events == {}


@pytest.mark.parametrize("name", FILES)
def test_files_are_written_in_the_folder_of_the_output(audited, tmp_path, name):
    _, args = FILES[name]
    status, events = audited(args)
    assert status == 0
    folder = str(tmp_path / "out") if name == "folder" else str(tmp_path)
    written = [each for [each] in events.pop("write")]
    assert {each.rpartition("/")[0] for each in written} == {folder}
    for source, _ in events.pop("compile", []):
        assert "x*y" not in source
    for old, new, *_ in events.pop("os.rename", []):
        assert {each.rpartition("/")[0] for each in (old, new)} == {folder}
    events.pop("os.chmod", None)
    events.pop("os.mkdir", None)
    assert events == {}


def test_what_is_typed_is_no_code(audited, tmp_path):
    texts = ["__import__('os').system('touch owned')", "open('owned','w')", "().__class__", "exec('1')",
             "`__import__('os').system('touch owned')`", "f'{open(1)}'", "lambda: 1", "a if b else c"]  # fmt: skip
    for text in texts:
        for args in (["eval", text, "--let", f"{text}=1"], ["map", text, "t.csv"], ["diff", text]):
            _, events = audited(args)
            assert not [source for source, _ in events.get("compile", []) if "owned" in source]
            assert not events.keys() & {
                "os.system",
                "subprocess.Popen",
                "os.posix_spawn",
                "os.fork",
            }
    assert not (tmp_path / "owned").exists()


def test_a_command_is_started_without_a_shell(audited, tmp_path):
    words = "echo {a} ; touch owned $(touch owned) `touch owned` > owned"
    audited(["check", "--command", words, "--a", "1"])
    status, events = audited(
        ["check", "a^2", "--command", f"{sys.executable} -c print({{a}}**2)", "--a", "1"]
    )
    assert not (tmp_path / "owned").exists()
    assert status == 0
    assert {program for program, *_ in events["subprocess.Popen"]} == {sys.executable}


def test_numbers_of_files_are_never_unpickled(audited, tmp_path):
    import pickle

    (tmp_path / "p.json").write_bytes(pickle.dumps({"a": 1.0}))
    (tmp_path / "t.parquet").write_bytes(pickle.dumps({"a": 1.0}))
    for args in (
        ["eval", "a", "--params", "p.json"],
        ["map", "a", "t.parquet"],
        ["map", "a", "p.json"],
    ):
        status, events = audited(args)
        assert status in (2, 5)
        assert not [name for name in events if name.startswith("pickle")]
