"""Two test processes at a time have one thread each for matrix products, or they would fight."""

import os

if "PYTEST_XDIST_WORKER" in os.environ:  # read before NumPy is, by this process and those it starts
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
