# Poisson's equation u'' = -sin(pi*x) on a grid of nine points: the mean squared residual by u
size n = 9
input u[n]
u = [0.031, 0.059, 0.08, 0.096, 0.1, 0.095, 0.081, 0.058, 0.03]
h = 1/(n + 1)
full = concat([0], u, [0])
residual = [(full[i] - 2*full[i + 1] + full[i + 2])/h^2 + sin(pi*h*(i + 1)) for i in range(n)]
mean(residual^2)
