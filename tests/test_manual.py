"""README and manual: every command is run in an empty folder, in the order written.

`--regenerate` writes their outputs anew.
"""

import doctest
import importlib
import re
import shutil
import subprocess
from importlib.util import find_spec

import click
import pytest
from conftest import ROOT

from micrograd_cli import manpages, manual
from micrograd_cli.commands import COMMANDS

README = ROOT / "README.md"
CHAPTERS = ROOT / "micrograd_cli" / "manual"
PAGES = [README, *sorted(CHAPTERS.glob("*.md"))]
CONSOLE = re.compile(r"```console\n(.*?)```\n", re.DOTALL)


def commands(block):
    return [line[2:] for line in block.splitlines() if line.startswith("$ ")]


def name(path):
    return path.stem


@pytest.fixture(scope="module")
def answers(side_by_side):
    return side_by_side(answer)


def answer(bash, path, _folder):
    """The page with what its commands print now."""
    missing = [tool for tool in ("jq", "gcc") if shutil.which(tool) is None]
    missing += [] if find_spec("flint") else ["certain", "audit", "enclose"]  # options that need it
    kept = []  # definitions of shell functions live on in the commands after them

    def run(match):
        if any(re.search(rf"\b{tool}\b", match[1]) for tool in missing):
            return match[0]
        shown = []
        for command in commands(match[1]):
            output = bash("\n".join(["exec 2>&1", *kept, command])).stdout
            if re.match(r"\w+\(\) ", command):
                kept.append(command)
            shown.append(f"$ {command}\n{output}")
        return f"```console\n{''.join(shown)}```\n"

    return CONSOLE.sub(run, path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_every_command_prints_what_the_page_shows(path, answers, regenerate):
    real = answers[path].result()
    if regenerate:
        path.write_text(real, encoding="utf-8")
    else:
        assert real == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_the_python_examples(page):
    result = doctest.testfile(str(page), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert result.failed == 0


def test_there_are_examples_to_run():
    found = {page.stem: len(commands(page.read_text(encoding="utf-8"))) for page in PAGES}
    assert found["README"] >= 12
    assert sum(found.values()) > 60


def test_the_readme_fits_one_sitting_and_links_every_chapter():
    text = README.read_text(encoding="utf-8")
    assert text.count("\n") <= 300
    for chapter in manual.chapters():
        assert f"(micrograd_cli/manual/{chapter}.md)" in text


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_to_files_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!http|#)([^)#]+)", text):
        assert (page.parent / target).exists(), target


def test_help_lists_the_chapters(mgrad):
    shown = mgrad("help").stdout
    for chapter in manual.chapters():
        assert re.search(rf"^  {chapter} +{re.escape(manual.title(chapter))}$", shown, re.M)


@pytest.mark.parametrize("chapter", manual.chapters())
def test_a_chapter_in_a_pipe_is_its_text(mgrad, chapter):
    assert mgrad("help", chapter).stdout.endswith(manual.text(chapter))


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_names_its_chapter(mgrad, command):
    shown = mgrad(command, "--help").stdout
    assert mgrad("help", command).stdout.startswith(shown)
    assert mgrad(command, "-h").stdout == shown
    named = re.search(r"^Manual: mgrad help ([\w-]+)$", shown, re.M)
    assert named is None or named[1] in manual.chapters()


def test_every_exit_status_is_in_the_manual():
    text = manual.text("exit-statuses")
    for status in (0, 1, 2, 3, 4, 5, 70, 130, 141, 143):
        assert f"| {status} |" in text


# --- man pages and the reference ------------------------------------------------------------------


def test_the_pages_are_fresh(regenerate, tmp_path):
    manpages.write(CHAPTERS if regenerate else tmp_path)
    for path in manpages.pages():
        written, made = CHAPTERS / path, (CHAPTERS if regenerate else tmp_path) / path
        assert written.read_bytes() == made.read_bytes(), "--regenerate writes it anew"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_in_the_man_page_and_the_manual(command):
    module = importlib.import_module(f"micrograd_cli.commands.{COMMANDS[command].module}")
    page = (CHAPTERS / "man1" / f"mgrad-{command}.1").read_text(encoding="utf-8")
    section = manual.text("reference").partition(f"## mgrad {command}\n")[2].partition("\n## ")[0]
    assert section
    for param in module.command.params:
        if isinstance(param, click.Option):
            for name in param.opts:
                assert name.replace("-", "\\-") in page
                assert name in section


def test_every_exit_status_is_in_a_man_page():
    page = (CHAPTERS / "man1" / "mgrad.1").read_text(encoding="utf-8")
    for status in (0, 1, 2, 3, 4, 5, 70, 130, 141, 143):
        assert f".TP\n{status}\n" in page


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
@pytest.mark.parametrize("path", [path for path in manpages.pages() if path.startswith("man")])
def test_groff_has_no_complaint(path):
    words = ["groff", "-ww", "-k", "-man", "-Tutf8", str(CHAPTERS / path)]
    done = subprocess.run(words, capture_output=True, check=True)
    assert done.stderr == b""
    assert len(done.stdout) > 200
