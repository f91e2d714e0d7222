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


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_cases(path, bash, tmp_path, regenerate):
    for example in EXAMPLES.glob("*.mg"):
        shutil.copy(example, tmp_path)
    if path.stem == "certain":
        pytest.importorskip("flint")
    found, ending = blocks(path.read_text(encoding="utf-8"))
    assert found
    written, wrong = [], []
    for comment, command, expected in found:
        got = result(bash(command))
        written += [*comment, f"$ {command}", *got]
        if got != expected:
            wrong.append("\n".join([f"$ {command}", *got, "--- expected", *expected]))
    if regenerate:
        path.write_text("\n".join([*written, *ending]) + "\n", encoding="utf-8")
    assert regenerate or not wrong, "\n\n".join(wrong)
