"""Completion, in the shells themselves: bash, and zsh and fish where they are installed."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from micrograd_cli.commands.shells import joined, line

PROGRAM = "'n = alpha*b; tanh(n)'"
FILES = ["data.csv", "neuron.mg"]

CASES = [  # the words of a line as they are typed, and what may stand for the last
    (["mgrad", "exam"], ["examples"]),
    (["mgrad", "help", "lect"], ["lecture"]),
    (["mgrad", "examples", "neuron_"], ["neuron_exp"]),
    (["mgrad", "functions", "tan"], ["tan", "tanh"]),
    (["mgrad", "eval", "'alpha*beta+b'", "--b"], ["--beta", "--b"]),
    (["mgrad", "'alpha*beta+b'", "--be"], ["--beta"]),
    (["mgrad", "eval", PROGRAM, "--wrt", ""], ["alpha", "b", "n"]),
    (["mgrad", "eval", PROGRAM, "--wrt", "alpha,"], ["alpha,b", "alpha,n"]),
    (["mgrad", "explain", PROGRAM, "--only", ""], ["alpha", "b", "n"]),
    (["mgrad", "check", PROGRAM, "--claim", ""], ["alpha=", "b="]),
    (["mgrad", "eval", PROGRAM, "--print", "gr"], ["grad", "grad."]),
    (["mgrad", "eval", PROGRAM, "--print", "grad."], ["grad.alpha", "grad.b", "grad.n"]),
    (["mgrad", "eval", "a", "--format", "j"], ["json", "jsonl"]),
    (["mgrad", "eval", "'a*'", "--nod"], ["--nodes"]),
    (["mgrad", "completion", ""], ["bash", "zsh", "fish"]),
    (["mgrad", "eval", "-f", ""], FILES),
    (["mgrad", "eval", "a", "--params", "d"], ["data.csv"]),
    (["mgrad", "map", "'a*b'", ""], FILES),
    (["mgrad", "map", "-f", "neuron.mg", "d"], ["data.csv"]),
    (["mgrad", "map", "'a*b'", "data.csv", "--wrt", ""], ["a", "b"]),
]


@pytest.fixture
def folder(tmp_path):
    for name in FILES:
        (tmp_path / name).touch()
    (tmp_path / ".hidden").touch()
    return tmp_path


def run(environment, folder, shell, *words):
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    done = subprocess.run([shell, *words], env=environment, cwd=folder, capture_output=True,
                          text=True, stdin=subprocess.DEVNULL)  # fmt: skip
    assert not done.stderr
    return done.stdout


BASH = """
eval "$(mgrad completion bash)"
compopt() { [[ $2 == default ]] && COMPREPLY=($(compgen -f -- "$word")); }
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); word=${COMP_WORDS[-1]}
_mgrad_completion mgrad "$word"
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize(("words", "expected"), CASES, ids=lambda x: " ".join(x[1:4]))
def test_bash(environment, folder, words, expected):
    found = run(environment, folder, "bash", "--norc", "-c", BASH, "bash", *words).splitlines()
    found = [name for name in found if name != ".hidden"]
    assert sorted(found) == expected if set(found) == {*FILES} else found == expected


def test_bash_expands_nothing_among_the_operations(environment, folder):
    found = run(environment, folder, "bash", "--norc", "-c", BASH, "bash", "mgrad", "functions", "")
    assert not {*FILES} & {*found.splitlines()}
    assert {"\\*", "\\*\\*", "tanh"} < {*found.splitlines()}


def test_inputs_stand_before_the_options_of_the_command(environment, folder):
    words = ["mgrad", "eval", PROGRAM, "--"]
    found = run(environment, folder, "bash", "--norc", "-c", BASH, "bash", *words).splitlines()
    assert found[:2] == ["--alpha", "--b"]
    assert "--wrt" in found
    alone = run(environment, folder, "bash", "--norc", "-c", BASH, "bash", *words[:3], "")
    assert alone.splitlines() == ["--alpha", "--b"]


@pytest.mark.parametrize(("words", "expected"), CASES, ids=lambda x: " ".join(x[1:4]))
def test_fish(environment, folder, words, expected):
    typed = " ".join(words).replace("\\", "\\\\").replace('"', '\\"')
    code = f'mgrad completion fish | source; complete -C "{typed}"'
    home = {**environment, "XDG_CONFIG_HOME": str(folder / ".config"), "HOME": str(folder)}
    found = [text.partition("\t")[0] for text in run(home, folder, "fish", "-c", code).splitlines()]
    assert sorted(found) == sorted(expected)


def test_fish_shows_whole_descriptions(environment, folder):
    code = "mgrad completion fish | source; complete -C 'mgrad '; complete -C 'mgrad eval a --'"
    home = {**environment, "XDG_CONFIG_HOME": str(folder / ".config"), "HOME": str(folder)}
    text = run(home, folder, "fish", "-c", code)
    assert "map\tCompute values and gradients for every row of a table." in text
    assert "--print\tPrint bare numbers: value, grad, data.NAME, grad.NAME. Repeatable." in text
    assert "..." not in text


ZSH = """
autoload -Uz compinit; compinit -u -D
eval "$(mgrad completion zsh)"
compadd() { print -r -- "${@[-1]}"; }
_describe() { local each; for each in "${(@P)@[-1]}"; do print -r -- "${each%%:*}"; done; }
_path_files() { print -rl -- ${word}*(N); }
words=("$@"); CURRENT=$#; word=${words[-1]}
_mgrad_completion
"""


@pytest.mark.parametrize(("words", "expected"), CASES, ids=lambda x: " ".join(x[1:4]))
def test_zsh(environment, folder, words, expected):
    found = run(environment, folder, "zsh", "-f", "-c", ZSH, "zsh", *words).splitlines()
    assert found == expected


def test_what_bash_takes_apart_is_put_together():
    assert joined(["eval", "a", "--format", "=", "j"]) == ["eval", "a", "--format=j"]
    assert joined(["eval", "a", "--x", "=", "1", "--y"]) == ["eval", "a", "--x=1", "--y"]
    assert line(["eval", "a", "--format"], "=")[:2] == (["eval", "a", "--format"], "")
    assert line(["a*b"], "--format=j") == (["eval", "a*b", "--format"], "j", "--format=")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_install(environment, mgrad, tmp_path, shell):
    env = {**environment, "HOME": str(tmp_path), "SHELL": f"/bin/{shell}"}
    env.pop("XDG_DATA_HOME", None)
    env.pop("XDG_CONFIG_HOME", None)
    if shell != "fish":
        (tmp_path / f".{shell}rc").write_text("alias x=y")
    command = [sys.executable, "-m", "micrograd_cli", "completion", "--install"]
    for _ in range(2):
        done = subprocess.run(command, env=env, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
    written = [os.path.join(root, name) for root, _, names in os.walk(tmp_path) for name in names]
    script = next(path for path in written if re.search(r"completion\.|mgrad\.fish", path))
    assert Path(script).read_text() == mgrad("completion", shell).stdout
    if shell != "fish":
        assert (tmp_path / f".{shell}rc").read_text() == f'alias x=y\nsource "{script}"\n'
    assert len(written) == (1 if shell == "fish" else 2)


def test_install_of_a_shell_that_is_not_known(environment):
    env = {**environment, "SHELL": "/bin/dash"}
    command = [sys.executable, "-m", "micrograd_cli", "completion", "--install"]
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    assert done.returncode == 2
    assert "one of bash, zsh, fish" in done.stderr


def test_install_where_nothing_can_be_written(environment, tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder" / ".bashrc").mkdir(parents=True)
    reasons = {"": "HOME is empty", str(tmp_path / "file"): "Not a directory",
               str(tmp_path / "folder"): "Is a directory"}  # fmt: skip
    for home, reason in reasons.items():
        env = {name: word for name, word in environment.items() if not name.startswith("XDG")}
        done = subprocess.run(
            [sys.executable, "-m", "micrograd_cli", "completion", "bash", "--install"],
            env={**env, "HOME": home}, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 5
        assert reason in done.stderr
        assert "completes mgrad" not in done.stdout


@pytest.mark.parametrize(
    ("typed", "status", "found"),
    [
        ("mgrad --ver", 0, "plain,--version"),
        ("mgrad eval --wrt a", 0, ""),  # no program is there, and so no name
    ],
)
def test_in_this_process(inside, monkeypatch, typed, status, found):
    monkeypatch.setenv("_MGRAD_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", typed)
    monkeypatch.setenv("COMP_CWORD", str(typed.count(" ")))
    assert inside("")[:2] == (status, f"{found}\n")


def test_an_unknown_shell(inside, monkeypatch):
    monkeypatch.setenv("_MGRAD_COMPLETE", "frob_complete")
    assert inside("") == (1, "", "")
