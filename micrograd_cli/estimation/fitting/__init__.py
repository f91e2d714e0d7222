"""Nonlinear least squares: data by blocks, exact derivatives, one QR decomposition a step."""
