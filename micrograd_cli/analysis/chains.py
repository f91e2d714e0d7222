"""A report for pictures: chains of sums and products as one node, or the named nodes alone."""

from __future__ import annotations

from collections import Counter

from micrograd_cli.analysis.report import NodeRow, Report

CHAINS = ("+", "*")  # a + b + c is one sum, whatever the order of its two additions


def chained(report: Report) -> Report:
    """The report with one row for `a + b + c`, where nothing else asks for `a + b`.

    Its gradient is that of the whole; a part that has a name of its own stays.
    """
    rows = {row.id: row for row in report.nodes}
    uses = Counter(arg for row in report.nodes for arg in row.args)
    args: dict[int, list[int]] = {}
    taken: set[int] = set()

    def is_part(row: NodeRow, of: NodeRow) -> bool:
        whole = row.named or row.shape or of.shape or row.id == report.root or uses[row.id] > 1
        return of.op in CHAINS and row.op == of.op and not whole

    for row in report.nodes:
        found: list[int] = []
        for arg in row.args:
            part = arg in rows and is_part(rows[arg], row)
            found += args[arg] if part else [arg]
            taken |= {arg} if part else set()
        args[row.id] = found
    kept = [row._replace(args=args[row.id]) for row in report.nodes if row.id not in taken]
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
