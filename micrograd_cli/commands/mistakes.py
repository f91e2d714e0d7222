"""What people type on a command line in place of what it takes, and what to type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import click

from micrograd_cli.commands.bindings import shortened
from micrograd_cli.commands.completing import PROGRAM
from micrograd_cli.errors import suggestion

SHOWN = 8  # inputs that a hint lists
NAME = r"(?P<name>[^\W\d]\w*)"
NUMBER = r"(?P<number>[+\-−]?[0-9.][\w.+\-]*)"
ASSIGNED = rf"[-–—]*{NAME}\s*[=:]\s*(?P<number>[^=:]+)"  # a=2, -a=2, a:2
DASHED = rf"[-–—]+{NAME}"  # -a, and —a, which an editor makes of --a

FORMATS = ("json", "jsonl", "csv", "tsv", "plain")
OPTIONS = {  # what is meant; of two, what the command has
    **{name: f"--format {name}|--to {name}" for name in FORMATS},
    "plain": "--format plain",
    "json": "--format json|--to jsonl",
    "format": "--to {value}",
    "to": "--format {value}",
    "grad": "--print grad.{value}",
    "gradient": "--print grad.{value}",
    "grads": "--print grad",
    "data": "--print data.{value}",
    "value": "--print value",
    "variable": "--wrt {value}",
    "var": "--wrt {value}",
    "precision": "--digits {value}",
    **dict.fromkeys(("sep", "separator", "delim"), "--delimiter {value}"),
    "out": "--output {value}",
    "set": "--let {value}",
    "param": "--params {value}",
    "values": "--params {value}",
}

COMMANDS = {  # what a command is called elsewhere
    **dict.fromkeys(("calc", "calculate", "evaluate", "run", "value"), "mgrad eval EXPR"),
    **dict.fromkeys(("grad", "gradient", "gradients", "backward"), "mgrad eval EXPR --a 2"),
    **dict.fromkeys(("d", "deriv", "derivative", "derive", "differentiate"), "mgrad diff EXPR"),
    **dict.fromkeys(("latex", "code", "export", "codegen"), "mgrad diff EXPR --to latex"),
    **dict.fromkeys(("solve", "root", "roots", "fsolve"), "mgrad minimize EXPR --root"),
    **dict.fromkeys(("train", "optimize", "optimise", "optim"), "mgrad minimize EXPR"),
    **dict.fromkeys(("maximize", "maximise", "argmax"), "mgrad minimize EXPR --maximize"),
    **dict.fromkeys(("regress", "curve_fit", "curvefit", "lsq", "nls"), "mgrad fit MODEL FILE"),
    **dict.fromkeys(("draw", "dot", "viz", "tree", "picture", "show"), "mgrad graph EXPR"),
    **dict.fromkeys(("chart", "curve", "heatmap"), "mgrad plot EXPR --x 0:10"),
    **dict.fromkeys(("test", "verify", "gradcheck", "assert"), "mgrad check EXPR"),
    **dict.fromkeys(("error", "errors", "propagate", "budget"), "mgrad uncertainty EXPR"),
    **dict.fromkeys(("apply", "table", "rows", "csv"), "mgrad map EXPR FILE"),
    **dict.fromkeys(("html", "web", "notebook"), "mgrad page EXPR"),
    **dict.fromkeys(("steps", "why", "chainrule", "teach"), "mgrad explain EXPR"),
    **dict.fromkeys(("doc", "docs", "man", "manual", "tutorial"), "mgrad help"),
    **dict.fromkeys(("ops", "operations", "list"), "mgrad functions"),
}


def command_hint(word: str, known: Iterable[str]) -> str:
    """The command that a word means which is none, or how an expression is evaluated."""
    meant = COMMANDS.get(word.lower())
    if meant:
        return f"did you mean {meant}?"
    near = suggestion(word, known, "mgrad {}")
    return near or "an expression is evaluated by mgrad eval EXPR"


def argument_hint(words: Sequence[str]) -> str:
    """How to give the input that these arguments mean, or nothing."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        found = re.fullmatch(ASSIGNED, word)
        if found:
            return f"did you mean --{found['name']} {found['number']}?"
        dashed = re.fullmatch(DASHED, word)
        if dashed and re.fullmatch(NUMBER, following):
            return f"did you mean --{dashed['name']} {following}?"
    if len(words) > 2 and re.fullmatch(NAME, words[1]) and re.fullmatch(NUMBER, words[2]):
        return f"did you mean --{words[1]} {words[2]}?"
    if len(words) > 1 and re.fullmatch(NUMBER, words[1]):
        return f"a number is given as --NAME {words[1]}, a range as --NAME 0:{words[1]}"
    if len(words) == 2 and re.search(rf"\b{re.escape(words[1])}\b", words[0]):
        return f"did you mean --wrt {words[1]}?"
    return ""


def format_hint(option: str) -> str:
    """`--format json` for `--json`, which takes no value, or nothing."""
    name = option.lstrip("-")
    return f"--format {name}" if name in FORMATS else ""


def option_hint(option: str, value: str | None, params: Sequence[click.Parameter]) -> str:
    """What the option is called here that goes by another name elsewhere, or nothing."""
    known = {name for param in params for name in param.opts}
    for meant in OPTIONS.get(option.lstrip("-"), "").split("|"):
        if meant.partition(" ")[0] in known:
            return f"did you mean {meant.format(value=value or '…')}?"
    return ""


def inputs_hint(ctx: click.Context) -> str:
    """Which inputs the program of a command line has, or nothing where there is no program."""
    program = ctx.meta.get(PROGRAM)
    if program is None:
        return ""
    names = list(map(shortened, program.input_names()))
    if not names:
        return "the expression has no inputs"
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"the inputs of the expression: {', '.join(names[:SHOWN])}{more}"
