"""Every format of every command, whatever standard output is: its encoding, and what it is."""

import ast
import io
import json
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from xml.etree import ElementTree

import pytest

from micrograd_cli.commands import COMMANDS, Commands, run
from micrograd_cli.render import FORMATS
from micrograd_cli.render.writers import WRITERS

# names with a character that Latin-1 lacks, one that it has, and one that is wide
POINT = ["π2*é + 日", "--π2", "2", "--é", "3", "--日", "-0.5"]
ARGUMENTS = {
    "eval": POINT,
    "check": POINT,
    "explain": POINT,
    "graph": POINT,
    "jacobian": POINT,
    "hessian": POINT,
    "functions": ["sqrt"],
}


def has_format(command):
    return any("--format" in param.opts for param in command.params)


def formats(command):
    """What the command's --format takes."""
    params = Commands("mgrad").get_command(None, command).params
    (option,) = [param for param in params if "--format" in param.opts]
    return list(option.type.choices)


BINARY = ("png", "pdf")
CASES = [
    (command, format_)
    for command in ARGUMENTS
    for format_ in formats(command)
    if format_ not in ("svg", *BINARY) or shutil.which("dot")
]


def arguments(command, format_):
    return [command, *ARGUMENTS[command], "--format", format_]


def output(environment, args, **env):
    done = subprocess.run(
        [sys.executable, "-m", "micrograd_cli", *args],
        env={**environment, **env}, capture_output=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


class Notebook(io.TextIOBase):
    """A stream that takes text and no more: it has neither `buffer` nor `reconfigure`."""

    encoding = "UTF-8"

    def __init__(self):
        self.pieces = []

    def write(self, text):
        self.pieces.append(text)
        return len(text)

    def getvalue(self):
        return "".join(self.pieces)


def test_every_format_has_a_writer():
    group = Commands("mgrad")
    commands = [name for name in COMMANDS if has_format(group.get_command(None, name))]
    offered = {format_ for command in commands for format_ in formats(command)}
    assert offered == set(WRITERS)
    assert set(FORMATS) <= offered


@pytest.mark.parametrize("stream", [io.StringIO, Notebook])
@pytest.mark.parametrize(("command", "format_"), CASES)
def test_standard_output_may_be_any_stream_of_text(environment, command, format_, stream):
    printed = stream()
    with redirect_stdout(printed):
        status = run(arguments(command, format_))
    if format_ in BINARY:
        assert status == 2  # a picture of bytes is no text
        return
    assert status == 0
    assert printed.getvalue() == output(environment, arguments(command, format_)).decode()


@pytest.mark.parametrize("stream", [io.StringIO, Notebook])
@pytest.mark.parametrize("format_", ["csv", "tsv", "jsonl"])
@pytest.mark.parametrize("engine", ["rows", "columns"])
def test_a_table_goes_to_any_stream_of_text(environment, tmp_path, stream, format_, engine):
    (tmp_path / "in.csv").write_text("é,日\n" + "1,2\n" * 100, encoding="utf-8")
    args = ["map", "é*日", str(tmp_path / "in.csv"), "--to", format_, "--engine", engine]
    printed = stream()
    with redirect_stdout(printed):
        assert run(args) == 0
    assert printed.getvalue() == output(environment, args).decode()


def unescaped(text):
    """The text with its escapes read as Python, JSON and XML read them."""
    return ast.literal_eval('"""' + text.replace('"', '\\"') + '"""')


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "cp1252", "latin-1:strict"])
@pytest.mark.parametrize(("command", "format_"), CASES)
def test_what_an_encoding_lacks_is_escaped(environment, command, format_, encoding):
    args = arguments(command, format_)
    expected = output(environment, args).decode() if format_ not in BINARY else ""
    found = output(environment, args, PYTHONIOENCODING=encoding)
    if WRITERS[format_] == "document.Document":
        assert format_ in BINARY or found.decode() == expected  # a file is UTF-8 anywhere
        return
    text = found.decode(encoding.partition(":")[0])
    if format_ in ("json", "jsonl"):
        decoder = json.JSONDecoder()
        assert decoder.raw_decode(text) == (decoder.raw_decode(expected)[0], len(text) - 1)
    elif format_ == "junit":
        assert ElementTree.fromstring(text).find(".//testcase").get("name") == "π2"
    elif WRITERS[format_] == "screen.Screen":
        assert command == "functions" or "\\u03c02" in text
    else:
        assert "π" not in text
        assert unescaped(text) == expected


@pytest.mark.parametrize("args", [["diff", "α^2*é", "--to", to] for to in ("mgrad", "latex", "c")]
                         + [["examples", "pendulum"], ["eval", "π2", "--help"]])  # fmt: skip
def test_programs_and_help_are_printed_in_any_encoding(environment, args):
    """Click puts UTF-8 in the place of ASCII, which it takes for a mistake."""
    assert output(environment, args, PYTHONIOENCODING="latin-1")
    assert output(environment, args, PYTHONIOENCODING="ascii")


LIBRARIES = {
    "json.Json": {"json"},
    "delimited.Delimited": {"csv"},
    "tap.Tap": {"json"},
    "junit.JUnit": {"xml"},
    "screen.Screen": {"rich"},
}


@pytest.mark.parametrize(("command", "format_"), CASES)
def test_a_format_imports_its_own_library_alone(environment, command, format_):
    script = (
        "import sys; from micrograd_cli.commands import run; run(sys.argv[1:]);"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments(command, format_)],
        env=environment, capture_output=True,
    )  # fmt: skip
    imported = set(done.stderr.decode().split())
    assert "micrograd_cli.render.view" in imported
    found = imported & {"rich", "json", "csv", "xml", "numpy", "polars", "lark"}
    expected = LIBRARIES.get(WRITERS[format_], set())
    assert found - expected <= ({"json"} if command == "check" else set())  # reads --expect-file
    assert expected <= found
