# Polynomial regression: the mean squared error of a cubic over eight points
x = [-2, -1.5, -1, -0.5, 0.5, 1, 1.5, 2]
y = [-5.1, -1.6, 0.2, 0.7, 0.4, -0.1, 1.4, 5.3]
c = [0.1, -1, 0.05, 0.8]
p(t) = sum(c[k]*t^k for k in range(len(c)))
mean((p(x[i]) - y[i])^2 for i in range(len(x)))
