"""The reference, made from the commands: `python -m micrograd_cli.manpages`.

Man pages, in roff for the macros of man(7): `mgrad(1)`, one for each command, `mgrad-language(7)`;
and the chapter `reference` of the manual.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from inspect import cleandoc
from typing import Any

import click

from micrograd_cli import __version__, manual, resources
from micrograd_cli.commands import COMMANDS, mgrad
from micrograd_cli.commands.base import Command


def pages() -> dict[str, str]:
    """The text of each page by its path in the manual's folder."""
    root = click.Context(mgrad, info_name="mgrad")
    commands = {name: mgrad.get_command(root, name) for name in COMMANDS}
    found = {"man1/mgrad.1": overview(), "man7/mgrad-language.7": chapter_page("language")}
    for name, command in commands.items():
        assert isinstance(command, Command)
        found[f"man1/mgrad-{name}.1"] = command_page(name, command, root)
    found["reference.md"] = reference(commands, root)
    return {path: "\n".join([*lines, ""]) for path, lines in found.items()}


def header(name: str, section: int, summary: str) -> list[str]:
    return [
        f'.TH "{name.upper()}" {section} "" "mgrad {__version__}" "mgrad"',
        ".SH NAME",
        f"{escape(name)} \\- {escape(summary[:1].lower() + summary[1:].rstrip('.'))}",
    ]


def overview() -> Iterator[str]:
    """mgrad(1): the commands, and the exit statuses of all."""
    yield from header("mgrad", 1, "evaluate expressions and their gradients")
    yield from (".SH SYNOPSIS", ".B mgrad", ".I EXPR", "[\\fB\\-\\-NAME\\fR \\fINUMBER\\fR]...")
    yield from (".br", ".B mgrad", ".I COMMAND", "[\\fIARGUMENTS\\fR]...", ".SH DESCRIPTION")
    yield from markdown(manual.text("language").split("\n\n")[1])
    yield ".SH COMMANDS"
    for name, entry in COMMANDS.items():
        yield from (".TP", f"\\fBmgrad\\-{escape(name)}\\fR(1)", escape(entry.help))
    yield ".SH OPTIONS"
    with click.Context(mgrad) as ctx:
        for record in filter(None, (each.get_help_record(ctx) for each in mgrad.get_params(ctx))):
            yield from option_lines(record)
    yield ".SH EXIT STATUS"
    yield from markdown(manual.text("exit-statuses").partition("\n\n")[2])
    yield ".SH SEE ALSO"
    yield "\\fBmgrad\\-language\\fR(7), \\fBmgrad\\-help\\fR(1)"


def command_page(name: str, command: Command, root: click.Context) -> Iterator[str]:
    """The page of a command."""
    yield from header(f"mgrad-{name}", 1, COMMANDS[name].help)
    with command.make_context(name, [], parent=root, resilient_parsing=True) as ctx:
        yield from (".SH SYNOPSIS", f".B mgrad {escape(name)}")
        yield escape(" ".join(command.collect_usage_pieces(ctx)))
        yield ".SH DESCRIPTION"
        for index, paragraph in enumerate(cleandoc(command.help or "").split("\n\n")):
            yield from ([".PP"] if index else [])
            yield escape(" ".join(paragraph.split()))
        yield ".SH EXAMPLES"
        for caption, line in command.examples:
            yield from (".PP", escape(caption), ".PP", ".RS 4", ".EX", escape(line), ".EE", ".RE")
        yield ".SH OPTIONS"
        for group, records in command.option_groups(ctx).items():
            yield from (f".SS {escape(group)} options",)
            for record in records:
                yield from option_lines(record)
    yield from (".SH EXIT STATUS", escape(command.statuses + "."))
    yield ".SH SEE ALSO"
    chapter = f"; \\fBmgrad help {escape(command.chapter)}\\fR" if command.chapter else ""
    yield f"\\fBmgrad\\fR(1), \\fBmgrad\\-language\\fR(7){chapter}"


def option_lines(record: tuple[str, str]) -> Iterator[str]:
    names, text = record
    yield from (".TP", f"\\fB{escape(names)}\\fR", escape(text or "An input of the program."))


def chapter_page(chapter: str) -> Iterator[str]:
    """A chapter of the manual as a page of section 7."""
    title, _, body = manual.text(chapter).partition("\n\n")
    yield from header(f"mgrad-{chapter}", 7, f"{title.lstrip('# ')} of mgrad")
    yield ".SH DESCRIPTION"
    yield from markdown(body)
    yield from (".SH SEE ALSO", "\\fBmgrad\\fR(1)")


def reference(commands: dict[str, Any], root: click.Context) -> Iterator[str]:
    """The chapter `reference`: every command with its options."""
    yield "# Every command and option"
    for name, command in commands.items():
        with command.make_context(name, [], parent=root, resilient_parsing=True) as ctx:
            usage = " ".join(command.collect_usage_pieces(ctx))
            yield from ("", f"## mgrad {name}", "", COMMANDS[name].help, "")
            yield f"`mgrad {name} {usage}`"
            yield from ("", "| option | meaning |", "| --- | --- |")
            for records in command.option_groups(ctx).values():
                for names, text in records:
                    yield f"| `{in_cell(names)}` | {in_cell(text)} |"


def in_cell(text: str) -> str:
    """Text in a cell of a Markdown table, where a bar separates cells."""
    return text.replace("|", "\\|")


# --- Markdown -------------------------------------------------------------------------------------


def markdown(text: str) -> Iterator[str]:
    """The lines of a page from Markdown, parsed by markdown-it, which Rich brings.

    Of a table each row is an entry: its first cell is the term, the others say what it is.
    """
    from markdown_it import MarkdownIt

    around = ""  # the block that an inline text stands in
    cells: list[str] = []
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type in BEGINNINGS:
            yield BEGINNINGS[token.type]
        if token.type == "fence":
            yield from (".PP", ".RS 4", ".EX", escape(token.content.rstrip("\n")), ".EE", ".RE")
        elif token.type == "inline" and around in ("th_open", "td_open"):
            cells.append(inline(token.children or []))
        elif token.type == "inline":
            line = inline(token.children or [])
            yield f".SH {line.upper()}" if around == "heading_open" else line
        elif token.type == "thead_close":
            cells = []
        elif token.type == "tr_close" and around == "td_close":
            yield from (".TP", cells[0], "; ".join(filter(None, cells[1:])) or "\\&")
            cells = []
        around = token.type


BEGINNINGS = {"paragraph_open": ".PP", "list_item_open": ".IP \\(bu 2"}


def inline(tokens: list[Any]) -> str:
    """The text of a line: code and strong text are bold, emphasis is italic."""
    fonts = {"strong_open": "\\fB", "strong_close": "\\fR", "em_open": "\\fI", "em_close": "\\fR"}
    parts = []
    for token in tokens:
        if token.type == "code_inline":
            parts.append(f"\\fB{escape(token.content)}\\fR")
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        else:
            parts.append(fonts.get(token.type, escape(token.content)))
    return "".join(parts)


def escape(text: str) -> str:
    """Text as roff shows it: a dot or an apostrophe that begins a line is no request."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    text = (
        text.replace("'", "\\(aq").replace("^", "\\(ha").replace("~", "\\(ti").replace("`", "\\(ga")
    )
    return re.sub(r"^(?=[.])", r"\\&", text, flags=re.M)


def write(folder: str) -> None:
    """Write the pages into a folder."""
    for name, text in pages().items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    write(os.path.join(resources.FOLDER, "manual"))
