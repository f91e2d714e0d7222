# Karpathy's neuron: two inputs, two weights, a bias, and tanh
x1 = 2; x2 = 0
w1 = -3; w2 = 1
b = 6.8813735870195432
n = x1*w1 + x2*w2 + b
o = tanh(n)
