"""The rows of `mgrad map` for run.py: 1,000,000 rows of three doubles, value and three gradients."""

import os
import random
import shutil
import sys
from contextlib import suppress
from pathlib import Path

PEERS = Path(__file__).parent / "map_peers.py"
PYTHON = sys.executable
MGRAD = [PYTHON, "-m", "micrograd_cli"]
PROGRAM = "tanh(a*b+c)"
BY_HAND = "$value = tanh($a*$b+$c); $d_c = 1/cosh($a*$b+$c)**2; $d_a = $d_c*$b; $d_b = $d_c*$a"


def table(path, count):
    """Write a CSV of normally distributed doubles with all their digits."""
    rng = random.Random(1)
    with open(path, "w") as file:
        file.write("a,b,c\n")
        for _ in range(count):
            file.write(f"{rng.gauss(0, 1)!r},{rng.gauss(0, 1)!r},{rng.gauss(0, 1)!r}\n")


def rows(folder, row):
    """Entries for run.py; `row` is its Row."""
    million, ten = folder / "points.csv", folder / "points10.csv"
    table(million, 1_000_000)
    with open(ten, "w") as file:
        text = million.read_text()
        file.write(text + text.partition("\n")[2] * 9)
    out = str(folder / "out.csv")
    folder_of_ten, parquet = folder / "ten", folder / "points.parquet"
    folder_of_ten.mkdir()
    for index in range(10):
        os.link(million, folder_of_ten / f"{index}.csv")
    with suppress(ImportError):
        import polars

        polars.read_csv(million).write_parquet(parquet)
    ten_files = [*MGRAD, "map", PROGRAM, str(folder_of_ten), "-o", f"{folder}/ours/", "--overwrite"]
    to_parquet = [*MGRAD, "map", PROGRAM, str(parquet), "-o", f"{folder}/out.parquet"]

    def ours(*options):
        return [*MGRAD, "map", PROGRAM, str(million), "-o", out, *options]

    def peer(name, *arguments):
        return [PYTHON, str(PEERS), name, *map(str, arguments)]

    miller = ["mlr", "--icsv", "--ocsv", "put", BY_HAND, str(million)]
    return [
        row("map : Polars reads and writes, computing nothing", ours(),
            peer("polars", million, out), 1.5, "polars", pairs=5),
        row("map, Parquet to Parquet : Polars copies", to_parquet,
            peer("polars_parquet", parquet, f"{folder}/peer.parquet"), 1.4, "polars", pairs=5),
        row("map, ten files of 1,000,000 rows : Polars copies", ten_files,
            peer("polars_folder", folder_of_ten, folder / "copies"), 1.5, "polars", pairs=3),
        row("map, ten files of 1,000,000 rows : Dask and pandas", ten_files,
            peer("dask_folder", folder_of_ten, folder / "dask"), 1.0, "dask", pairs=1),
        row("map, ten files of 1,000,000 rows : a loop of the shell", ten_files,
            peer("shell_loop", folder_of_ten, folder / "loop"), 1.0, "polars", pairs=1),
        row("map : csv and micrograd", ours(), peer("micrograd", million, out), 1 / 10,
            "micrograd", pairs=3),
        row("map : JAX and pandas", ours(), peer("jax", million, out), 1.0, "jax", pairs=3),
        *([row("map : Miller, the derivative by hand", ours(), miller, 1.0, pairs=3)]
          if shutil.which("mlr") else []),
        row("map, base engine : 150,000 rows a second", ours("--engine", "rows"),
            ["sleep", str(1_000_000 / 150_000)], 1.0, pairs=3),
        row("map, base engine : csv and micrograd", ours("--engine", "rows"),
            peer("micrograd", million, out), 1 / 3, "micrograd", pairs=3),
        row("kernel of 1,000,000 rows : JAX's own derivative, 1-y²", peer("kernel"),
            peer("jax_kernel"), 1.0, "jax", True, 5),
        row("kernel of 1,000,000 rows : JAX on our formula", peer("kernel"),
            peer("jax_tape_kernel"), 1.5, "jax", True, 5),
        *(row(f"gradient of {name} on columns : its value", peer("value_and_gradient", name),
              peer("value", name), 4.0, "numpy", True, 5)
          for name in ("neuron.mg", "black_scholes.mg", "mlp.mg")),
        *(row(f"peak memory, {n} million rows : 400 MB", peer("peak", path, out),
              [PYTHON, "-c", "print(400)"], 1.0, "polars", True, 1)
          for n, path in ((1, million), (10, ten))),
    ]  # fmt: skip
