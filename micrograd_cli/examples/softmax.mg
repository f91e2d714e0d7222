# Cross-entropy of a softmax over three scores, the first being right: softmax minus one-hot
a = 2; b = 1; c = 0.1
logsumexp(a, b, c) - a
