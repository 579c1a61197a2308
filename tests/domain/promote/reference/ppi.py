"""PPI++ by its authors' package, ppi_py, and the standard error by NumPy.

Reads {name: {"person", "judge", "unlabelled"}} on standard input, lists of numbers, one a cluster.
Writes {name: {"estimate", "lambda", "se"}}.
"""

import json
import sys

import numpy as np
from ppi_py import ppi_mean_pointestimate


def figures(case):
    y, yhat, rest = (np.array(case[key], dtype=float) for key in ("person", "judge", "unlabelled"))
    at = lambda lam: float(ppi_mean_pointestimate(y, yhat, rest, lam=lam)[0])
    estimate = at(None)
    lam = (estimate - at(0)) / (at(1) - at(0))
    rectifier = np.var(y - lam * yhat, ddof=1) / len(y)
    imputed = np.var(lam * rest, ddof=1) / len(rest)
    return {"estimate": estimate, "lambda": lam, "se": float(np.sqrt(rectifier + imputed))}


json.dump({name: figures(case) for name, case in json.load(sys.stdin).items()}, sys.stdout)
