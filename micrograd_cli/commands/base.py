"""What every command has: help with examples first, options in groups, and each given once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from inspect import cleandoc
from typing import Any, NamedTuple

import click

from micrograd_cli.commands.command_line import Words, separate
from micrograd_cli.commands.context import Context
from micrograd_cli.commands.options import GROUPS
from micrograd_cli.errors import UsageError


class Example(NamedTuple):
    """A command line for the help, and what it shows."""

    caption: str
    command: str


class Command(click.Command):
    """A command with examples and a chapter of the manual; `statuses` are its own exit statuses."""

    context_class = Context

    def __init__(
        self,
        *arguments: Any,
        examples: Sequence[tuple[str, str]],
        chapter: str = "",
        statuses: str = "",
        **settings: Any,
    ) -> None:
        super().__init__(*arguments, **settings)
        self.examples = [Example(*each) for each in examples]
        self.chapter = chapter
        self.statuses = statuses

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not ctx.resilient_parsing:
            require_once(separate(args, self.params), self.params)
        return super().parse_args(ctx, args)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        summary, _, rest = cleandoc(self.help or "").partition("\n\n")
        formatter.write_paragraph()
        formatter.write_text(" ".join(summary.split()))
        from textwrap import wrap

        with formatter.section("Examples"):
            indent = " " * formatter.current_indent
            width = formatter.width - len(indent)
            for caption, command in self.examples:
                lines = [*wrap(f"# {caption}", width, subsequent_indent="# "),
                         *continued(command, width)]  # fmt: skip
                formatter.write("".join(f"{indent}{line}\n" for line in lines))
        if rest:
            formatter.write_paragraph()
            formatter.write_text(rest)

    def option_groups(self, ctx: click.Context) -> dict[str, list[tuple[str, str]]]:
        """The options with their help, by group: for the help and for the man pages."""
        groups: dict[str, list[tuple[str, str]]] = {name: [] for name in GROUPS}
        params = sorted(self.get_params(ctx), key=lambda param: getattr(param, "last", False))
        for param in params:
            record = param.get_help_record(ctx)
            assert record is not None  # no option is hidden
            groups[getattr(param, "group", GROUPS[-1])].append(record)
        return {group: records for group, records in groups.items() if records}

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for group, records in self.option_groups(ctx).items():
            with formatter.section(f"{group} options"):
                formatter.write_dl(records)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        lines = [f"Exit status: {self.statuses}."] if self.statuses else []
        if self.chapter:
            lines.append(f"Manual: mgrad help {self.chapter}")
        for line in lines:
            formatter.write_paragraph()
            formatter.write_text(line)


WORD = r"""(?:'[^']*'|"[^"]*"|\S)+"""


def continued(command: str, width: int) -> list[str]:
    """A command line folded between its words, in a way that a shell reads."""
    lines: list[str] = []
    for word in re.findall(WORD, command):
        if lines and len(lines[-1]) + len(word) + len("  \\") <= width:
            lines[-1] += f" {word}"
        elif lines and len(command) > width:
            lines[-1] += " \\"
            lines.append(f"  {word}")
        else:
            lines = [f"{lines[0]} {word}"] if lines else [word]
    return lines


def require_once(words: Words, params: Sequence[click.Parameter]) -> None:
    """Raise UsageError for an option that takes one value and is given twice."""
    owners = {name: param for param in params for name in param.opts}
    seen = set()
    for name, _ in words.pairs:
        param = owners.get(name)
        if isinstance(param, click.Option) and not (param.multiple or param.is_flag):
            if param.name in seen:
                raise UsageError(f"{name} is given twice", hint="give it once")
            seen.add(param.name)
