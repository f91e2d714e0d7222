"""The shells: how each tells what is on its line, and the script that it reads.

They differ from those of click where these would expand a `*` among the candidates, cut a
description at its commas, or take `--format=j` for three words.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
)

from micrograd_cli.commands.first_word import with_command

BASH = """\
%(complete_func)s() {
    local type value
    COMPREPLY=()
    while IFS=, read -r type value; do
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain)
                [[ $value == *[[:alnum:]][=.] ]] && compopt -o nospace
                [[ $value == *[^[:alnum:]_,.=:/+-]* ]] && printf -v value %%q "$value"
                COMPREPLY+=("$value") ;;
        esac
    done < <(IFS=$'\\n'; COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD \\
             %(complete_var)s=bash_complete "$1")
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""

ZSH = """\
#compdef %(prog_name)s

%(complete_func)s() {
    local -a response described
    local type key descr
    response=("${(@f)$(COMP_WORDS="${(F)words}" COMP_CWORD=$((CURRENT-1)) \\
        %(complete_var)s=zsh_complete %(prog_name)s)}")
    for type key descr in "${response[@]}"; do
        case $type in
            dir) _path_files -/ ;;
            file) _path_files -f ;;
            plain)
                if [[ $key == *[[:alnum:]][=.] ]]; then
                    compadd -S '' -V unsorted -- "$key"
                elif [[ $descr == _ ]]; then
                    compadd -V unsorted -- "$key"
                else
                    described+=("${key//:/\\\\:}:$descr")
                fi ;;
        esac
    done
    (( ${#described} )) && _describe -V unsorted described
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
    compdef %(complete_func)s %(prog_name)s
fi
"""

FISH = """\
function %(complete_func)s
    set -lx COMP_WORDS (commandline -cp | string collect)
    set -lx COMP_CWORD (commandline -ct | string collect)
    set -lx %(complete_var)s fish_complete
    for completion in (%(prog_name)s)
        set -l parts (string split -m 1 "," -- $completion)
        switch $parts[1]
            case dir
                __fish_complete_directories $parts[2]
            case file
                __fish_complete_path $parts[2]
            case plain
                echo $parts[2]
        end
    end
end
complete --no-files --keep-order --command %(prog_name)s --arguments "(%(complete_func)s)"
"""


def joined(words: list[str]) -> list[str]:
    """The words with `--name`, `=`, `value` as one, where the shell has taken it apart."""
    found: list[str] = []
    for word in words:
        begun = bool(found) and found[-1].startswith("--") and found[-1].endswith("=")
        if begun or (word == "=" and found and found[-1].startswith("--")):
            found[-1] += word
        else:
            found.append(word)
    return found


class Line(NamedTuple):
    """The words before the cursor, the one at it, and what of that stands before its value."""

    args: list[str]
    incomplete: str
    prefix: str = ""


def line(words: list[str], incomplete: str) -> Line:
    """What is on the line, `eval` put before an expression; of `--name=value` the value."""
    args = joined([*words, incomplete])
    last, prefix = args.pop(), ""
    if last.startswith("--") and "=" in last:
        name, _, last = last.partition("=")
        args.append(name)
        prefix = f"{name}="
    return Line(with_command(args) if args else args, last, prefix)


class Bash(BashComplete):
    source_template = BASH

    def get_completion_args(self) -> tuple[list[str], str]:
        return line(*super().get_completion_args())[:2]


class Zsh(ZshComplete):
    source_template = ZSH

    def get_completion_args(self) -> tuple[list[str], str]:
        args, incomplete, self.prefix = line(*super().get_completion_args())
        return args, incomplete

    def format_completion(self, item: CompletionItem) -> str:
        help_ = " ".join((item.help or "_").split())
        return f"{item.type}\n{self.prefix}{item.value}\n{help_}"


class Fish(FishComplete):
    source_template = FISH

    def get_completion_args(self) -> tuple[list[str], str]:
        args, incomplete, self.prefix = line(*super().get_completion_args())
        return args, incomplete

    def format_completion(self, item: CompletionItem) -> str:
        kind, comma, rest = super().format_completion(item).partition(",")
        return f"{kind}{comma}{self.prefix}{rest}"


SHELLS: dict[str, type[ShellComplete]] = {"bash": Bash, "zsh": Zsh, "fish": Fish}
VARIABLE = "_MGRAD_COMPLETE"


def script(shell: str) -> str:
    """What the shell reads to complete mgrad's commands."""
    kind = SHELLS[shell]
    return kind.source_template % {
        "complete_func": "_mgrad_completion", "complete_var": VARIABLE, "prog_name": "mgrad",
    }  # fmt: skip


def complete(command: click.Command, instruction: str) -> int:
    """Answer a shell: `bash_complete` prints what may stand at the cursor. The exit status."""
    shell, _, wish = instruction.partition("_")
    if shell not in SHELLS or wish != "complete":
        return 1
    found = SHELLS[shell](command, {}, "mgrad", VARIABLE).complete()
    click.echo(found.encode())
    return 0


def shell_of(environ: Mapping[str, str]) -> str:
    """The shell that SHELL names, or nothing."""
    name = os.path.basename(environ.get("SHELL", ""))
    return name if name in SHELLS else ""
