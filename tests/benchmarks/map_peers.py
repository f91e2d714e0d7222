"""What `mgrad map` is measured against: `python map_peers.py NAME [IN OUT]`."""

import csv
import resource
import subprocess
import sys
import time
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "micrograd_cli" / "examples"
PROGRAM = "tanh(a*b+c)"


def polars(source, target):
    """Read the texts, write a file of the output's shape."""
    import polars as pl

    texts = pl.read_csv(source, infer_schema=False)
    numbers = pl.read_csv(source)
    results = numbers.select(value="a", d_a="b", d_b="c", d_c="a")
    pl.concat([texts, results], how="horizontal").write_csv(target)


def micrograd(source, target):
    from micrograd.engine import Value
    from workloads import tanh

    with open(source) as before, open(target, "w") as after:
        reader, writer = csv.reader(before), csv.writer(after)
        writer.writerow([*next(reader), "value", "d_a", "d_b", "d_c"])
        for row in reader:
            a, b, c = (Value(float(cell)) for cell in row)
            y = tanh(Value, a * b + c)
            y.backward()
            writer.writerow([*row, y.data, a.grad, b.grad, c.grad])


def jax_function():
    import jax

    jax.config.update("jax_enable_x64", True)
    value_and_grad = jax.value_and_grad(lambda a, b, c: jax.numpy.tanh(a * b + c), (0, 1, 2))
    return jax.jit(jax.vmap(value_and_grad))


def jax(source, target):
    import pandas

    frame = pandas.read_csv(source)
    value, grads = jax_function()(*(frame[name].to_numpy() for name in "abc"))
    frame["value"] = value
    for name, grad in zip("abc", grads, strict=True):
        frame[f"d_{name}"] = grad
    frame.to_csv(target, index=False)


def columns(count=3):
    import numpy

    rng = numpy.random.default_rng(1)
    return [rng.normal(size=1_000_000) for _ in range(count)]


def median(work):
    times = []
    for _ in range(31):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    print(sorted(times)[15])


def kernel():
    on_columns(PROGRAM)


def on_columns(program, wrt=None):
    import micrograd_cli

    function = micrograd_cli.compile(program, wrt)
    given = columns(len(function.inputs))
    median(lambda: function.kernel(given))


def value_and_gradient(example):
    on_columns((EXAMPLES / example).read_text())


def value(example):
    on_columns((EXAMPLES / example).read_text(), wrt=[])


def jax_kernel():
    import jax

    given, function = [jax.numpy.asarray(column) for column in columns()], jax_function()
    median(lambda: jax.block_until_ready(function(*given)))


def peak(source, target):
    """Megabytes."""
    subprocess.run([sys.executable, "-m", "micrograd_cli", "map", PROGRAM, source, "-o", target])
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)


if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    globals()[name](*arguments)
