"""The mutants of a source text, by the operators of Cosmic Ray."""

import difflib
from typing import NamedTuple

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.plugins import get_operator


class Mutant(NamedTuple):
    """A source text with one fault: in the line of this number, which it changes so."""

    operator: str
    number: int
    change: tuple[str, str]  # the line, and what it becomes
    source: str


def mutants(source, operators):
    """All mutants of a text, each once, in the order of its lines."""
    tree, seen, found = get_ast(source), {source}, []
    nodes = list(ast_nodes(tree))
    for name in operators:
        operator = get_operator(f"core/{name}")()
        for node in nodes:
            for index, _ in enumerate(operator.mutation_positions(node)):
                mutated = mutate(tree, node, operator, index)
                if mutated not in seen:
                    seen.add(mutated)
                    found.append(Mutant(name, *difference(source, mutated), mutated))
    return sorted(found, key=lambda mutant: mutant.number)


def mutate(tree, node, operator, index):
    """The text with one mutation of a node. The tree stays: to parse the text anew takes a second."""
    kept = [(each, list(each.children) if hasattr(each, "children") else each.value)
            for each in ast_nodes(node)]  # fmt: skip
    siblings = node.parent.children if node.parent else [node]
    place = siblings.index(node)
    mutated = operator.mutate(node, index)
    siblings[place : place + 1] = [] if mutated is None else [mutated]
    text = tree.get_code()
    siblings[place : place + (mutated is not None)] = [node]
    for each, of in kept:
        setattr(each, "children" if isinstance(of, list) else "value", of)
    return text


def difference(source, mutated):
    """The number of the first line that differs, and the lines that do, before and after."""
    old, new = source.splitlines(), mutated.splitlines()
    pairs = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    _, low, high, start, end = next(each for each in pairs if each[0] != "equal")
    return low + 1, (joined(old[low:high]), joined(new[start:end]))


def joined(lines):
    return " ".join(" ".join(lines).split())
