"""Rows of `mgrad map`: 1,000,000 rows of three doubles, value and three gradients."""

import os
import random
from contextlib import suppress

from row import MGRAD, PYTHON, Row, inside

PROGRAM = "tanh(a*b+c)"
BY_HAND = "$value = tanh($a*$b+$c); $d_c = 1/cosh($a*$b+$c)**2; $d_a = $d_c*$b; $d_b = $d_c*$a"
TABLES = 10


def prepare(folder):
    """The tables: one of a million rows, the same ten times, one with all of these, Parquet."""
    million = folder / "points.csv"
    table(million, 1_000_000)
    with open(folder / "points10.csv", "w") as file:
        text = million.read_text()
        file.write(text + text.partition("\n")[2] * (TABLES - 1))
    (folder / "ten").mkdir()
    for index in range(TABLES):
        os.link(million, folder / "ten" / f"{index}.csv")
    with suppress(ImportError):
        import polars

        polars.read_csv(million).write_parquet(folder / "points.parquet")


def table(path, count):
    """Write a CSV of normally distributed doubles with all their digits."""
    rng = random.Random(1)
    with open(path, "w") as file:
        file.write("a,b,c\n")
        for _ in range(count):
            file.write(f"{rng.gauss(0, 1)!r},{rng.gauss(0, 1)!r},{rng.gauss(0, 1)!r}\n")


def rows(folder):
    million, out = f"{folder}/points.csv", f"{folder}/out.csv"
    ten, parquet = f"{folder}/ten", f"{folder}/points.parquet"
    ten_files = [*MGRAD, "map", PROGRAM, ten, "-o", f"{folder}/ours/", "--overwrite"]
    to_parquet = [*MGRAD, "map", PROGRAM, parquet, "-o", f"{folder}/out.parquet"]

    def ours(*options):
        return [*MGRAD, "map", PROGRAM, million, "-o", out, *options]

    def peer(name, *arguments):
        return inside("map_peers.py", name, *arguments)

    by_rows = ours("--engine", "rows")
    of_ten = f"map, {TABLES} files of 1,000,000 rows"
    miller = ["mlr", "--icsv", "--ocsv", "put", BY_HAND, million]
    return [
        Row("map : Polars copies", ours(), peer("polars", million, out), 1.35, "polars", pairs=7),
        Row("map, Parquet to Parquet : Polars copies", to_parquet,
            peer("polars_parquet", parquet, f"{folder}/peer.parquet"), 1.4, "polars", pairs=7),
        Row(f"{of_ten} : Polars copies", ten_files,
            peer("polars_folder", ten, f"{folder}/copies"), 1.5, "polars", pairs=3),
        Row(f"{of_ten} : Dask and pandas", ten_files,
            peer("dask_folder", ten, f"{folder}/dask"), 1.0, "dask", pairs=1),
        Row(f"{of_ten} : a loop of the shell", ten_files,
            peer("shell_loop", ten, f"{folder}/loop"), 1.0, "polars", pairs=1),
        Row("map : csv and micrograd", ours(), peer("micrograd", million, out), 1 / 10,
            "micrograd", pairs=1),
        Row("map : JAX and pandas", ours(), peer("jax", million, out), 1.0, "jax", pairs=1),
        Row("map : Miller, the derivative by hand", ours(), miller, 1.0, "!mlr", pairs=1),
        Row("map, base engine : 150,000 rows a second", by_rows,
            ["sleep", str(1_000_000 / 150_000)], 1.0, pairs=1),
        Row("map, base engine : csv and micrograd", by_rows, peer("micrograd", million, out), 1 / 3,
            "micrograd", pairs=1),
        Row("kernel of 1,000,000 rows : JAX's own derivative, 1-y²", peer("kernel"),
            peer("jax_kernel"), 1.0, "jax", True),
        Row("kernel of 1,000,000 rows : JAX on our formula", peer("kernel"),
            peer("jax_tape_kernel"), 1.5, "jax", True),
        *(Row(f"gradient of {name} on columns : its value", peer("value_and_gradient", name),
              peer("value", name), 4.0, "numpy", True)
          for name in ("neuron.mg", "black_scholes.mg", "mlp.mg")),
        *(Row(f"peak memory, {n} million rows : 400 MB", peer("peak", f"{folder}/{name}", out),
              [PYTHON, "-c", "print(400)"], 1.0, "polars", True, 1, "MB")
          for n, name in ((1, "points.csv"), (10, "points10.csv"))),
    ]  # fmt: skip
