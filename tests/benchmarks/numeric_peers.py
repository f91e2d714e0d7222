"""Numerical work and its peers: `python numeric_peers.py NAME [ARGUMENT]`.

What measures within prints the seconds of one evaluation, and a number of what it computed.
"""

import subprocess
import sys
import time

from numeric_rows import MODEL, START

ROWS = 10_000
NETWORK = """\
input x[2], y, W1[{n}, 2], b1[{n}], W2[{n}, {n}], b2[{n}], w3[{n}], b3
(w3 @ tanh(W2 @ tanh(W1 @ x + b1) + b2) + b3 - y)^2
"""


def numpy():
    """NumPy, where it is used: what needs none begins without it."""
    import numpy

    return numpy


def data(n):
    """Rows x and y, and the weights of a network 2-n-n-1."""
    rng = numpy().random.default_rng(1)
    shapes = {"W1": (n, 2), "b1": (n,), "W2": (n, n), "b2": (n,), "w3": (n,), "b3": ()}
    weights = {name: rng.normal(size=shape) / max(1, n) ** 0.5 for name, shape in shapes.items()}
    return rng.normal(size=(ROWS, 2)), rng.normal(size=ROWS), weights


def tell(work, seconds=1.0):
    """Print the median time of calls, and the number that the work gives."""
    times, found = [], work()
    while sum(times) < seconds or len(times) < 5:
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    print(sorted(times)[len(times) // 2], float(found))


def network(n):
    from micrograd_cli.objective import Objective

    x, y, weights = data(n)
    objective = Objective(NETWORK.format(n=n), ["x", "y"])
    point = numpy().concatenate([numpy().ravel(each) for each in weights.values()])
    columns = objective.packed({"x": x, "y": y})
    tell(lambda: objective(point, columns)[1].sum())


def network_by_numpy(n):
    np = numpy()
    x, y, weights = data(n)
    W1, b1, W2, b2, w3, b3 = weights.values()

    def gradient():
        h = np.tanh(x @ W1.T + b1)
        g = np.tanh(h @ W2.T + b2)
        slope = 2 * (g @ w3 + b3 - y)
        at_g = slope[:, None] * w3 * (1 - g * g)
        at_h = at_g @ W2 * (1 - h * h)
        return [at_h.T @ x, at_h.sum(0), at_g.T @ h, at_g.sum(0), slope @ g, slope.sum()]

    tell(lambda: sum(float(each.sum()) for each in gradient()))


def network_by_jax(n):
    import jax

    jax.config.update("jax_enable_x64", True)
    tanh = jax.numpy.tanh

    def loss(weights, x, y):
        g = tanh(tanh(x @ weights["W1"].T + weights["b1"]) @ weights["W2"].T + weights["b2"])
        return ((g @ weights["w3"] + weights["b3"] - y) ** 2).sum()

    gradient = jax.jit(jax.value_and_grad(loss))
    x, y, weights = jax.tree.map(jax.numpy.asarray, data(n))
    leaves = jax.tree.leaves
    tell(lambda: sum(float(each.sum()) for each in leaves(gradient(weights, x, y)[1])))


def decay(path, count=1_000_000):
    """Write the points of a decay with noise."""
    np = numpy()
    rng = np.random.default_rng(1)
    t = rng.uniform(0, 10, count)
    U = 4 * np.exp(-0.7 * t) + 0.3 + rng.normal(scale=0.05, size=count)
    with open(path, "w") as file:
        file.write("t,U\n")
        file.writelines(f"{a!r},{b!r}\n" for a, b in zip(t.tolist(), U.tolist(), strict=True))


def curve_fit(path):
    """SciPy on what pandas reads; it takes differences, as nobody tells it derivatives."""
    import pandas
    from scipy.optimize import curve_fit

    frame = pandas.read_csv(path)
    t, U = frame["t"].to_numpy(), frame["U"].to_numpy()

    def model(t, a, b, c):
        return a * numpy().exp(-b * t) + c

    found, covariance = curve_fit(model, t, U, [*START.values()])
    print(found, covariance.diagonal() ** 0.5)


def gnuplot(path):
    starts = "; ".join(f"{name} = {x}" for name, x in START.items())
    script = (
        f"set datafile separator ','; set fit quiet logfile '/dev/null'; {starts};"
        f"fit {MODEL.replace('t)', 'x)')} '{path}' skip 1 using 1:2 via a,b,c; print a, b, c"
    )
    sys.exit(subprocess.run(["gnuplot", "-e", script]).returncode)


if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    globals()[name](*(int(each) if each.isdigit() else each for each in arguments))
