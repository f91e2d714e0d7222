# Rosenbrock's banana valley, a test of optimisers: least, 0, at (1, 1)
x = -1.2; y = 1
(1 - x)^2 + 100*(y - x^2)^2
