"""One workload in a process of its own: `python workloads.py NAME` prints what it measured.

Seconds, or bytes where the name says so, as one number on standard output.
"""

import ast
import gc
import importlib
import random
import sys
import time
import tracemalloc

sys.setrecursionlimit(1_000_000)


def program(statements=1000, size=1_000_000):
    """The text of a program of about `size` bytes: sums, products, differences and tanh."""
    rng = random.Random(1)
    lines = ["x0 = a*b"]
    for i in range(1, statements):
        terms, length = [], 0
        while length < size // statements - 20:
            earlier = rng.randrange(i)
            terms.append(
                rng.choice(
                    [f"x{earlier}*{rng.random():.3f}", f"tanh(x{earlier})", f"(a - x{earlier})"]
                )
            )
            length += len(terms[-1]) + 3
        lines.append(f"x{i} = ({' + '.join(terms)})*0.001")
    return "\n".join([*lines, f"x{statements - 1}"]) + "\n"


def graph(value, nodes):
    """A graph of `*`, `+` and relu with that many nodes, wide enough for a recursive walk."""
    leaves = [value(0.01 * i) for i in range(10)]
    columns = []
    for k in range(max(1, nodes // 300)):
        y = leaves[k % 10]
        for i in range(min(nodes // 3, 100)):
            y = (y * leaves[i % 10] + leaves[(i + 3) % 10]).relu()
        columns.append(y)
    while len(columns) > 1:
        columns = [sum(columns[i + 1 : i + 2], columns[i]) for i in range(0, len(columns), 2)]
    return columns[0]


def best(work, seconds=1):
    """The least time of many: machines have slow moments that are longer than one run."""
    times = []
    while sum(times) < seconds or len(times) < 3:
        gc.collect()
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def value_of(module):
    return importlib.import_module(module).Value


def engine(module, nodes):
    """Seconds for forward and backward."""
    value, rounds = value_of(module), max(1, 10_000 // nodes)

    def work():
        for _ in range(rounds):
            graph(value, nodes).backward()

    return best(work) / rounds


def engine_of_command(module, nodes):
    """The same with the collector as the command `mgrad` has it in its own process: off."""
    gc.disable()
    return engine(module, nodes)


def hundred_of(name, nodes):
    return 100 * globals()[name]("micrograd_cli.engine", nodes)


def memory(module):
    """Bytes for each node of a graph after backward."""
    value, nodes = value_of(module), 100_000
    gc.collect()
    tracemalloc.start()
    root = graph(value, nodes)
    root.backward()
    gc.collect()
    return tracemalloc.get_traced_memory()[0] / nodes


def parse(module):
    """Seconds to read a program of 1 MB."""
    from micrograd_cli.language.reading import parse

    text = program()
    return best(lambda: (ast.parse if module == "ast" else parse)(text))


def parse_of_command(module):
    """The same with the collector off, as the command has it."""
    gc.disable()
    return parse(module)


def python_program(module):
    """Python's own `exec` of the same program on micrograd's Value, with its gradients."""
    value = value_of(module)
    a, b = value(0.1), value(0.2)
    names = {"a": a, "b": b, "tanh": lambda x: x.tanh() if hasattr(x, "tanh") else tanh(value, x)}
    *lines, last = program().splitlines()
    exec("\n".join(lines), names)
    names[last].backward()
    return a.grad


def tanh(value, x):
    """tanh as Karpathy's lecture adds it to micrograd's Value."""
    import math

    y = math.tanh(x.data)
    out = value(y, (x,), "tanh")

    def backward():
        x.grad += (1 - y * y) * out.grad

    out._backward = backward
    return out


if __name__ == "__main__":
    name, module, *sizes = sys.argv[1:]
    print(globals()[name](module, *map(int, sizes)))
