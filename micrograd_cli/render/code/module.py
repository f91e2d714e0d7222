"""The complete source of functions: what it imports, the helpers that it needs, they themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from micrograd_cli.language.printer import Names
from micrograd_cli.ops import Op
from micrograd_cli.render.code.body import as_form, lay_out
from micrograd_cli.render.code.forms import Form
from micrograd_cli.render.code.layout import Function
from micrograd_cli.render.code.names import identifier
from micrograd_cli.render.code.rules import rule
from micrograd_cli.render.code.target import Target


def module_text(target: Target, functions: Sequence[Function]) -> str:
    """The text of a file that defines the functions."""
    forms, rules = complete(target, functions)
    taken = target.taken | {own.name for own in rules}
    helpers = [lay_out(target, own, forms, taken - {own.name}) for own in rules]
    layouts = [lay_out(target, function, forms, taken) for function in functions]
    code = "\n".join(layout.code for layout in (*helpers, *layouts))
    written = target.used_helpers(code)
    parts = [
        *written,
        *["\n".join(target.helper(layout)) for layout in helpers],
        *["\n".join(target.define(layout)) for layout in layouts],
    ]
    header = "\n".join(target.header("\n".join([*written, code])))
    return target.spacing.join([header, *parts] if header else parts) + "\n"


def complete(
    target: Target, functions: Sequence[Function]
) -> tuple[dict[str, Form], list[Function]]:
    """The forms of a target with those that it lacks, and the rules that these call as helpers.

    Raises LookupError for a primitive that the target lacks.
    """
    forms, helpers = dict(target.forms), []
    names = Names({*target.taken, *target.library.split(), *[each.name for each in functions]})
    for op, own in missing(target, functions):
        form = as_form(target, own, forms) if op.written_out else None
        if form is None:
            wanted = identifier(own.name, target.only_ascii) if own.name.isidentifier() else ""
            helpers.append(own._replace(name=names.fresh(wanted, "operation")))
            form = target.call(helpers[-1].name)
        forms[f"{op.name}/{len(own.inputs)}"] = form
    return forms, helpers


def missing(target: Target, functions: Iterable[Function]) -> list[tuple[Op, Function]]:
    """The operations that a target lacks and their rules, those first that others need."""
    found: dict[tuple[str, int], tuple[Op, Function]] = {}

    def visit(function: Function) -> None:
        used = {(value.op.name, len(value.args)): value.op for value in function.order}
        for key, op in used.items():
            if key not in found and target.lacks(op, key[1]):
                own = rule(op, key[1])
                visit(own)
                found[key] = op, own

    for function in functions:
        visit(function)
    return list(found.values())
