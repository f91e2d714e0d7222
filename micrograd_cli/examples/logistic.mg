# Logistic regression on four points: the loss by weight and bias
w = 0.5; b = -0.1
loss(x, label) = softplus(w*x + b) - label*(w*x + b)
mean(loss(-2, 0), loss(-1, 1), loss(1, 0), loss(3, 1))
