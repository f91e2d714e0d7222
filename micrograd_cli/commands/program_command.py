"""The command that takes a program: where its text comes from, and its inputs as options.

The command line is read in two steps, because its options depend on the program: `separate` finds
the expression, the program is parsed, and then click reads the options, one for each input among
them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from micrograd_cli.commands.base import Command, require_once
from micrograd_cli.commands.bindings import (
    INPUTS,
    Reader,
    input_option,
    is_computed,
    known_names,
    read_bindings,
    require_all,
    with_shadowed_constants,
    without_arrays,
)
from micrograd_cli.commands.command_line import Words, node_limit, program_text, separate
from micrograd_cli.commands.completing import PROGRAM
from micrograd_cli.commands.messages import warn_of
from micrograd_cli.commands.uncertain_values import tell_unused, value_alone
from micrograd_cli.commands.values import shape_given, shapes_in_file
from micrograd_cli.errors import MgradError, UsageError
from micrograd_cli.language.arrays import Shape
from micrograd_cli.language.names import assigned, product_hint
from micrograd_cli.language.program import Program
from micrograd_cli.language.reading import MAX_NODES, parse
from micrograd_cli.language.spelling import quoted

if TYPE_CHECKING:
    from micrograd_cli.files.parameters import Parameters

WORDS = "micrograd_cli.words"  # where a context keeps its command line, for completion
CLASHES = "micrograd_cli.clashes"  # and the names of inputs that are options of the command


class ProgramCommand(Command):
    """A command on a program: its callback gets `program` and `numbers`, the bindings by name.

    Where the command has `--each` and that is given, there is no program yet: `program` is None and
    `numbers` is what was given.
    """

    read_value: Reader = staticmethod(value_alone)  # what an input may be given

    unbound = "required"  # what help says of an input without a default

    def __init__(self, *arguments: Any, max_nodes: int = MAX_NODES, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.max_nodes = max_nodes
        for param in self.params:
            if param.name == "max_nodes":
                param.default = max_nodes

    def from_file(self, ctx: click.Context, path: str, found: Parameters) -> dict[str, Any]:
        """What a file of `--params` gives the inputs. Raises UsageError."""
        if found.uncertainties and not found.fitted:
            tell_unused(f"'{path}': the uncertainty of {', '.join(found.uncertainties)}")
        return dict(found.numbers)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        return [*super().get_params(ctx), *ctx.meta.get(INPUTS, {}).values()]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        words = separate(args, self.params)
        if ctx.resilient_parsing:
            ctx.meta[WORDS] = words
            self.declare_quietly(ctx, words)
            return click.Command.parse_args(self, ctx, words.options)
        require_once(words, self.params)
        program = None
        if words.given("--each") and "each" in self.own_names():
            names = dict.fromkeys(name[2:] for name, _ in words.pairs)
            self.declare(ctx, names, parse("0"))
        elif not words.asks_for_help or self.has_program(words):
            program = self.program(ctx, words)
        self.read_options(ctx, words)
        given = read_bindings(ctx, program, self.read_value, self.from_file)
        ctx.params["numbers"] = given
        if program is not None:
            program = with_shadowed_constants(program, ctx)
            ctx.params["numbers"] = without_arrays(program, ctx.params["numbers"])
            self.require_inputs(ctx, program)
            warn_of(program)
        ctx.params["program"] = program
        ctx.params["expressions"] = words.expressions
        return []

    def read_options(self, ctx: click.Context, words: Words) -> None:
        inputs = ctx.meta.get(INPUTS, {})
        for option, value in words.pairs:
            if value is None and option[2:] in inputs:
                raise UsageError(f"option {option} needs a value")
        try:
            click.Command.parse_args(self, ctx, words.options)
        except click.NoSuchOption as error:
            from micrograd_cli.commands.mistakes import option_hint

            hint = option_hint(error.option_name, words.last(error.option_name), self.params)
            if not hint:
                raise
            raise UsageError(f"unknown option {error.option_name}", hint=hint) from None
        except click.BadParameter as error:
            names = {option[2:] for option in error.param.opts} if error.param else set()
            clashes = names & ctx.meta.get(CLASHES, set())
            if not clashes:
                raise
            name = clashes.pop()
            hint = f"to bind the input '{name}' use --let {name}=VALUE"
            raise UsageError(f"--{name} is an option of mgrad {self.name}", hint=hint) from None

    def read_program(self, words: Words) -> Program:
        """The program that a command line means. Raises MgradError."""
        arrays = self.arrays_given(words)
        limit = node_limit(words, self.max_nodes)
        return parse(program_text(words), max_nodes=limit, arrays=arrays)

    def arrays_given(self, words: Words) -> dict[str, Shape]:
        """The shapes of the names that are given a list: arrays, where the program says nothing."""
        own = self.own_names()
        shapes: dict[str, Shape] = {}
        for option, value in words.pairs:
            if option == "--params" and value:
                shapes |= shapes_in_file(value)
        for option, value in words.pairs:
            name = option[2:]
            if option == "--let" and value:
                name, _, value = assigned(value)
            if value and (name not in own or option == "--let"):
                shapes[name] = shape_given(value, self.read_value)
        return {name: shape for name, shape in shapes.items() if 0 < len(shape) <= 2}

    def require_inputs(self, ctx: click.Context, program: Program) -> None:
        """Raise UsageError for an input that nothing binds."""
        require_all(program, ctx.params["numbers"], self.how_to_give)

    def has_program(self, words: Words) -> bool:
        """Whether the line itself says what the program is; else it is on standard input."""
        return bool(words.expressions or words.last("-f", "--file"))

    def expects_file(self, ctx: click.Context, words: Words) -> bool:
        """For completion: whether a file may stand next."""
        return False

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """For completion: a file, or options, those of inputs first."""
        if not incomplete.startswith("-") and self.expects_file(ctx, ctx.meta[WORDS]):
            from click.shell_completion import CompletionItem

            return [CompletionItem(incomplete, type="file")]
        found = super().shell_complete(ctx, incomplete or "--")
        own = self.own_names()
        free = [each for each in found if each.value[2:] not in own]
        return [*free, *[each for each in found if incomplete and each not in free]]

    def program(self, ctx: click.Context, words: Words) -> Program:
        program = ctx.meta[PROGRAM] = self.read_program(words)
        for option, _ in words.pairs:
            name = option[2:]
            computed = name in program.named or is_computed(program, name)
            if computed and name not in self.own_names():
                raise UsageError(
                    f"'{name}' is computed by the program and cannot be bound",
                    program.places[name],
                    "only inputs can be given a number",
                    text=program.text,
                )
        given = {name[2:]: None for name, _ in words.pairs if name[2:] in program.inputs}
        names = [*program.input_names(), *given, *program.constants, *program.sizes]
        self.declare(ctx, dict.fromkeys(names), program)
        self.find_products(program, {option[2:] for option, _ in words.pairs} - self.own_names())
        return program

    def find_products(self, program: Program, given: set[str]) -> None:
        """Raise UsageError for an input xy where x and y are given, which is meant as x*y."""
        if given <= {*known_names(program)}:
            return
        for name in program.inputs:
            hint = product_hint(name, given)
            if hint and name not in program.defaults:
                place = program.places[name]
                raise UsageError(f"missing input '{name}'", place, hint, text=program.text)

    def own_names(self) -> set[str]:
        return {"help", *(opt[2:] for p in self.params for opt in p.opts if opt.startswith("--"))}

    def binding(self, name: str) -> str:
        """The text before the number where an input is given: `--a `, or `--let help=`."""
        if name in self.own_names():
            return f"--let {name}="
        if quoted(name) == name:
            return f"--{name} "
        from shlex import quote

        return f"{quote(f'--{name}')} "

    def how_to_give(self, name: str) -> str:
        """How an input is given, in words."""
        clash = f" (--{name} is an option)" if name in self.own_names() else ""
        return f"{self.binding(name)}NUMBER{clash}"

    def declare(self, ctx: click.Context, names: Any, program: Program) -> None:
        own = self.own_names()
        ctx.meta[CLASHES] = own.intersection(names)
        ctx.meta[INPUTS] = {
            name: input_option(name, index, program, self.read_value, self.unbound)
            for index, name in enumerate(names)
            if name not in own and name
        }

    def declare_quietly(self, ctx: click.Context, words: Words) -> None:
        """For completion: what can be known without reading standard input or failing."""
        try:
            if self.has_program(words):
                self.program(ctx, words)
        except (MgradError, OSError):
            pass

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        inputs = ctx.meta.pop(INPUTS, {})
        records = [option.get_help_record(ctx) for option in inputs.values()]
        if any(records):
            with formatter.section("Inputs of this program"):
                formatter.write_dl([record for record in records if record])
        super().format_options(ctx, formatter)
