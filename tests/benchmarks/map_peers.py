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


def polars_parquet(source, target):
    import polars as pl

    results = {"value": "a", "d_a": "b", "d_b": "c", "d_c": "a"}
    columns = [pl.col(name).alias(result) for result, name in results.items()]
    pl.scan_parquet(source).with_columns(columns).sink_parquet(target)


def polars_folder(source, target):
    """Every table of a folder, in one process."""
    Path(target).mkdir(exist_ok=True)
    for path in sorted(Path(source).iterdir()):
        polars(path, Path(target) / path.name)


def dask_folder(source, target):
    """Dask with pandas inside, the derivative by hand."""
    import dask.dataframe as dd
    import numpy

    def gradients(frame):
        y = numpy.tanh(frame.a * frame.b + frame.c)
        slope = 1 - y * y
        return frame.assign(value=y, d_a=slope * frame.b, d_b=slope * frame.a, d_c=slope)

    dd.read_csv(f"{source}/*.csv").map_partitions(gradients).to_csv(f"{target}/*.csv", index=False)


def shell_loop(source, target):
    """A process of mgrad for each table."""
    Path(target).mkdir(exist_ok=True)
    for path in sorted(Path(source).iterdir()):
        words = [sys.executable, "-m", "micrograd_cli", "map", PROGRAM, str(path), "-o"]
        subprocess.run([*words, f"{target}/{path.name}"], check=True)


def jax_tape_function():
    """JAX on our own formula of the slope, sech², which keeps its digits where 1-y² has none."""
    import jax

    jax.config.update("jax_enable_x64", True)

    def gradients(a, b, c):
        t = a * b + c
        e = jax.numpy.exp(-2 * jax.numpy.abs(t))
        slope = 4 * e / (1 + e) ** 2
        return jax.numpy.tanh(t), slope * b, slope * a, slope

    return jax.jit(gradients)


def jax_tape_kernel():
    import jax

    given, function = [jax.numpy.asarray(column) for column in columns()], jax_tape_function()
    median(lambda: jax.block_until_ready(function(*given)))


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
    for _ in range(11):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    print(sorted(times)[5])


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
