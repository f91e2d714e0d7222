"""Rows of numerical work: gradients of networks over many rows, and a fit of a million."""

from row import MGRAD, Row, inside

MODEL = "a*exp(-b*t) + c"
START = {"a": 5.0, "b": 0.5, "c": 0.1}  # gnuplot finds no way from 0


def prepare(folder):
    """A decay of a million points, with noise."""
    from numeric_peers import decay

    decay(folder / "decay.csv")


def rows(folder):
    table = f"{folder}/decay.csv"
    start = [word for name, x in START.items() for word in (f"--{name}", str(x))]
    fit = [*MGRAD, "fit", MODEL, table, "--target", "U", *start, "--format", "json"]

    def work(name, *arguments):
        return inside("numeric_peers.py", name, *arguments)

    return [
        *(Row(f"gradient of 2-{n}-{n}-1 over 10,000 rows : {peer}", work("network", n),
              work(name, n), reach, module, True)
          for n in (16, 64)
          for peer, name, module, reach in (
              ("NumPy by hand", "network_by_numpy", "numpy", 1.1),
              ("JAX", "network_by_jax", "jax", 1.5))),
        Row("fit of 1,000,000 rows : pandas and curve_fit", fit, work("curve_fit", table), 1.0,
            "scipy", pairs=3),
        Row("fit of 1,000,000 rows : gnuplot", fit, work("gnuplot", table), 1.0, "!gnuplot", pairs=1),
    ]  # fmt: skip
