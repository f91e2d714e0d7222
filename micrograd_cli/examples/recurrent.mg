# A recurrent cell over twenty steps: its state follows a wave, the loss is its last error
W = [[0.5, -0.4], [0.3, 0.6]]
u = [0.8, -0.2]
b = [0.1, 0]
v = [1, -1]
wave = [sin(0.3*k) for k in range(20)]
cell(state, x) = tanh(W @ state + u*x + b)
last = fold(cell, zeros(2), wave)
(v @ last - sin(6))^2
