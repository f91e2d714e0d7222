# A classifier of three classes: the cross-entropy of softmax over six points
X = [[1, 0.2], [0.8, -0.1], [-0.5, 0.9], [-0.3, 1.2], [-0.6, -0.8], [-0.2, -1.1]]
kind = [[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]]
W = [[0.5, 0.1], [-0.3, 0.7], [-0.2, -0.6]]
b = [0.1, 0, -0.1]
cost(x, k) = logsumexp(W @ x + b) - k @ (W @ x + b)
mean(cost(X[i], kind[i]) for i in range(len(X)))
