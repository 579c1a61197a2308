"""The gate's figures computed a second time, from exported rows, with NumPy and SciPy.

Reads {"cases": {name: {"rows": [...], "margin", "alpha", "delta", "seed"}}} on standard input; a row is
{"example", "cluster", "arm", "trial", "score"} with score null where missing. Writes {name: figures}.
Written from specs/promote.md, not from the TypeScript; only the generator (sfc32) is shared by design.
"""

import hashlib
import json
import math
import sys

import numpy as np
from scipy import stats

DRAWS = 20000
MASK = 0xFFFFFFFF


def words(seed, count):
    digest = hashlib.sha256(seed.encode()).digest()
    a, b, c = (int.from_bytes(digest[i : i + 4], "little") for i in (0, 4, 8))
    d = 1
    out = np.empty(count, dtype=np.uint64)
    for k in range(-12, count):
        t = (a + b + d) & MASK
        d = (d + 1) & MASK
        a = b ^ (b >> 9)
        b = (c + ((c << 3) & MASK)) & MASK
        c = ((((c << 21) & MASK) | (c >> 11)) + t) & MASK
        if k >= 0:
            out[k] = t
    return out


def differences(rows):
    """Per example: cluster and mean of finalist trials minus mean of incumbent trials."""
    examples = {}
    for row in rows:
        arms = examples.setdefault(row["example"], {"cluster": row["cluster"]})
        if row["score"] is not None:
            arms.setdefault(row["arm"], []).append(row["score"])
    return [
        (e["cluster"], float(np.mean(e["finalist"]) - np.mean(e["incumbent"])))
        for _, e in sorted(examples.items())
        if "finalist" in e and "incumbent" in e
    ]


def clusters(pairs, margin):
    names = sorted({cluster for cluster, _ in pairs})
    s = np.array([sum(d - margin for c, d in pairs if c == name) for name in names])
    n = np.array([sum(1 for c, _ in pairs if c == name) for name in names], dtype=float)
    # Decimal scores such as 0.8 - 0.7 miss a margin of 0.1 by rounding alone.
    return np.where(np.abs(s) <= 1e-12 * n, 0.0, s), n


def statistic(s, n):
    """theta, se and t; works on one sample or on rows of samples."""
    g = s.shape[-1]
    theta = s.sum(-1) / n.sum(-1)
    residual = ((s - np.expand_dims(theta, -1) * n) ** 2).sum(-1)
    degenerate = residual <= 1e-12 * (s**2).sum(-1)
    se = np.where(degenerate, 0.0, np.sqrt(g / (g - 1) * residual) / n.sum(-1))
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(se > 0, theta / se, np.sign(np.where(np.abs(theta) < 1e-15, 0, theta)) * np.inf)
    t = np.where((se == 0) & (np.abs(theta) < 1e-15), 0.0, t)
    return theta, se, t


def sign_flip(s, n, seed):
    k = int((s != 0).sum())
    _, _, t = statistic(s, n)
    bound = t - 1e-9 * max(1.0, abs(float(t))) if np.isfinite(t) else t
    if k <= 16:
        bits = (np.arange(2**k)[:, None] >> np.arange(k)) & 1
    else:
        per_draw = math.ceil(k / 32)
        drawn = words(seed + "/sign-flip", DRAWS * per_draw).reshape(DRAWS, per_draw)
        shifts = np.arange(32, dtype=np.uint64)
        bits = ((drawn[:, :, None] >> shifts) & np.uint64(1)).reshape(DRAWS, -1)[:, :k]
    flipped = np.zeros((bits.shape[0], len(s)))
    flipped[:, s != 0] = s[s != 0] * (1 - 2 * bits.astype(float))
    _, _, stars = statistic(flipped, np.broadcast_to(n, flipped.shape))
    reached = int((stars >= bound).sum())
    return reached / 2**k if k <= 16 else (reached + 1) / (DRAWS + 1)


def bounds(s, n, alpha, seed):
    g = len(s)
    theta, se, _ = statistic(s, n)
    if se == 0:
        return float(theta), float(theta)
    drawn = words(seed + "/bootstrap", DRAWS * g).astype(float) / 4294967296 * g
    index = np.floor(drawn).astype(int).reshape(DRAWS, g)
    stars, errors, _ = statistic(s[index], n[index])
    with np.errstate(divide="ignore", invalid="ignore"):
        roots = (stars - theta) / errors
    rank = math.ceil((1 - alpha) * (DRAWS + 1) - 1e-9)
    above = np.sort(np.where(errors > 0, roots, np.inf))
    below = np.sort(np.where(errors > 0, roots, -np.inf))[::-1]
    return float(theta - above[rank - 1] * se), float(theta - below[rank - 1] * se)


def needed(s, n, case):
    deviation = np.std(s / n.mean(), ddof=1)
    limit = deviation * math.sqrt((len(s) - 1) / stats.chi2.ppf(0.2, len(s) - 1))
    z = stats.norm.ppf(1 - case["alpha"]) + 0.842
    return [((z * d) / (case["delta"] - case["margin"])) ** 2 for d in (deviation, limit)]


def figures(case):
    s, n = clusters(differences(case["rows"]), case["margin"])
    theta, se, _ = statistic(s, n)
    lower, upper = bounds(s, n, case["alpha"], case["seed"])
    return {
        "estimate": float(theta) + case["margin"],
        "se": float(se),
        "p": sign_flip(s, n, case["seed"]),
        "lower": max(-1.0, min(1.0, lower + case["margin"])),
        "upper": max(-1.0, min(1.0, upper + case["margin"])),
        "needed": needed(s, n, case),
    }


if __name__ == "__main__":
    cases = json.load(sys.stdin)["cases"]
    json.dump({name: figures(case) for name, case in cases.items()}, sys.stdout)
