"""Golden cases: each file of tests/cases is a list of commands with what they must print.

A command stands behind `$ `, its standard output behind `> `, its standard error behind `! `, and a
status other than 0 behind `= `. Any other line is a comment. `pytest --regenerate` writes the files
anew; review the difference. The commands run in an empty folder, the example programs beside them.
"""

import shutil
from pathlib import Path

import pytest
from conftest import EXAMPLES

CASES = sorted((Path(__file__).parent / "cases").glob("*.case"))


def blocks(text):
    """The file as (comment lines, command, expected lines) for each command; and the last lines."""
    comment, found = [], []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((comment, line[2:], []))
            comment = []
        elif line[:1] in (">", "!", "=") and found and not comment:
            found[-1][2].append(line)
        else:
            comment.append(line)
    return found, comment


def lines(mark, text):
    return [f"{mark} {line}".rstrip() for line in text.split("\n")[:-1]] + (
        [f"{mark} {text.rsplit(chr(10), 1)[-1]} (no newline)"] if text and text[-1] != "\n" else []
    )


def result(process):
    status = [f"= {process.returncode}"] if process.returncode else []
    return lines(">", process.stdout) + lines("!", process.stderr) + status


@pytest.fixture(scope="module")
def answers(side_by_side):
    return side_by_side(answer)


def answer(bash, path, folder):
    """The file as it would be now, and the commands that do not print what it says."""
    for example in EXAMPLES.glob("*.mg"):
        shutil.copy(example, folder)
    found, ending = blocks(path.read_text(encoding="utf-8"))
    written, wrong = [], []
    for comment, command, expected in found:
        got = result(bash(command))
        written += [*comment, f"$ {command}", *got]
        if got != expected:
            wrong.append("\n".join([f"$ {command}", *got, "--- expected", *expected]))
    return "\n".join([*written, *ending]) + "\n", wrong


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_cases(path, answers, regenerate):
    if path.stem == "certain":
        pytest.importorskip("flint")
    written, wrong = answers[path].result()
    if regenerate:
        path.write_text(written, encoding="utf-8")
    assert regenerate or not wrong, "\n\n".join(wrong)


def test_every_file_has_commands():
    assert CASES
    assert all(blocks(path.read_text(encoding="utf-8"))[0] for path in CASES)
