"""The README: every command in it is run and its output compared; `--regenerate` writes it anew."""

import doctest
import re
import shutil

from conftest import EXAMPLES, ROOT

README = ROOT / "README.md"
CONSOLE = re.compile(r"```console\n(.*?)```\n", re.DOTALL)


def commands(block):
    return [line[2:] for line in block.splitlines() if line.startswith("$ ")]


def test_every_command_prints_what_the_readme_shows(bash, tmp_path, regenerate):
    for example in EXAMPLES.iterdir():
        shutil.copy(example, tmp_path)
    text = README.read_text(encoding="utf-8")
    missing = [name for name in ("jq", "gcc") if shutil.which(name) is None]

    def run(match):
        if any(re.search(rf"\b{name}\b", match[1]) for name in missing):
            return match[0]
        shown = [
            f"$ {command}\n{bash(f'exec 2>&1; {command}').stdout}" for command in commands(match[1])
        ]
        return f"```console\n{''.join(shown)}```\n"

    real = CONSOLE.sub(run, text)
    if regenerate:
        README.write_text(real, encoding="utf-8")
    else:
        assert real == text
    assert sum(len(commands(block)) for block in CONSOLE.findall(text)) > 20


def test_the_python_examples():
    result = doctest.testfile(str(README), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert result.attempted > 5
    assert result.failed == 0
