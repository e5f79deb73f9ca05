"""nnkit: PyTorch's core in NumPy, small enough to read in an evening."""
