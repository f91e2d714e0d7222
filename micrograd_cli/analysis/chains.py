"""Chains of sums and products as one node, and reports for pictures: chained, or of named nodes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Sequence
from typing import TypeVar

from micrograd_cli.analysis.report import NodeRow, Report

CHAINS = ("+", "*")  # a + b + c is one sum, whatever the order of its two additions
Key = TypeVar("Key", bound=Hashable)


def chains(
    nodes: Iterable[tuple[Key, str, Sequence[Key]]], apart: Collection[Key]
) -> tuple[dict[Key, list[Key]], set[Key]]:
    """The operands of each node where chains are one node, and the nodes that are inside of one.

    A node is its key, its operation and its operands, which come before it. It is inside of a chain
    that nothing else asks for; those that are `apart` stay.
    """
    nodes = list(nodes)
    uses = Counter(arg for _, _, args in nodes for arg in args)
    ops = {key: op for key, op, _ in nodes}
    operands: dict[Key, list[Key]] = {}
    inside: set[Key] = set()
    for key, op, args in nodes:
        found: list[Key] = []
        for arg in args:
            part = op in CHAINS and ops.get(arg) == op and uses[arg] == 1 and arg not in apart
            found += operands[arg] if part else [arg]
            inside |= {arg} if part else set()
        operands[key] = found
    return operands, inside


def chained(report: Report) -> Report:
    """The report with one row for `a + b + c`, where nothing else asks for `a + b`.

    Its gradient is that of the whole; a part that has a name of its own stays.
    """
    rows = report.nodes
    apart = {row.id for row in rows if row.named or row.shape or row.id == report.root}
    operands, inside = chains(((row.id, row.op, row.args) for row in rows if not row.shape), apart)
    kept = [
        row._replace(args=operands.get(row.id, row.args)) for row in rows if row.id not in inside
    ]
    return report._replace(nodes=kept)


def named_alone(report: Report) -> Report:
    """The report with the inputs, the named nodes and the output, each behind those it is made of.

    A name that stands for a constant stands for itself.
    """
    behind: dict[int, list[int]] = {}  # of each row: the nearest rows that stay
    kept: list[NodeRow] = []
    for row in report.nodes:
        found = dict.fromkeys(each for arg in row.args for each in behind.get(arg, ()))
        stays = row.named or row.op == "input" or row.id == report.root
        behind[row.id] = [row.id] if stays else list(found)
        if stays:
            kept.append(row._replace(args=list(found)))
    return report._replace(nodes=kept)
