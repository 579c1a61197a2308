"""The figures beside the primary test, a second time with NumPy and SciPy: betting, guardrails, people, watch.

Reads {"betting": [...], "guardrails": [...], "people": [...], "watch": [...]} on standard input, writes the answers under the same keys.
Written from specs/promote.md and the papers it names, not from the TypeScript; only the generator (sfc32) is shared by design.
"""

import json
import math
import sys
from collections import defaultdict

import numpy as np
from scipy import optimize, stats

from gate import bounds, statistic, words


def totals(pairs):
    sums = defaultdict(float)
    sizes = defaultdict(float)
    for cluster, value in pairs:
        sums[cluster] += value
        sizes[cluster] += 1
    names = sorted(sums)
    return np.array([sums[c] for c in names]), np.array([sizes[c] for c in names])


def shuffled(count, seed):
    drawn = words(seed + "/betting", max(count - 1, 0))
    order = list(range(count))
    for k, last in enumerate(range(count - 1, 0, -1)):
        other = int(float(drawn[k]) / 4294967296 * (last + 1))
        order[last], order[other] = order[other], order[last]
    return order


def wealth(s, n, margin):
    x = (s - margin * n) / ((1 + margin) * n.max())
    paths = np.cumprod(1 + np.outer([0.5, 0.75], x), axis=1).mean(axis=0)
    return max(1.0, float(paths.max()))


def betting(case):
    s, n = totals(case["pairs"])
    order = shuffled(len(s), case["seed"])
    s, n = s[order], n[order]
    lower = -1.0
    if wealth(s, n, -1 + 1e-12) >= 1 / case["alpha"]:
        lower = optimize.brentq(
            lambda m: wealth(s, n, m) - 1 / case["alpha"], -1 + 1e-12, 1, xtol=1e-12
        )
    return {"p": min(1.0, 1 / wealth(s, n, case["margin"])), "lower": lower}


def guardrail(case):
    """Loss of the finalist (direction higher): one-sided 95 % bounds of the difference."""
    s, n = totals(case["pairs"])
    theta, _, _ = statistic(s, n)
    lower, upper = bounds(s, n, 0.05, case["seed"])
    return {"estimate": float(theta), "lower": lower, "upper": upper}


def interval(theta, se, df):
    half = stats.t.ppf(0.975, df) * se
    return [theta - half, theta + half]


def deviations(s, n):
    return (s - s.sum() / n.sum() * n) * len(s) / n.sum()


def people(case):
    rows = case["rows"]
    labelled_rows = [r for r in rows if r["person"] is not None]
    whole = {r["cluster"] for r in rows} - {r["cluster"] for r in rows if r["person"] is None}
    diff = lambda scores: scores["finalist"] - scores["incumbent"]
    s, n = totals([(r["cluster"], diff(r["person"])) for r in labelled_rows])
    theta, se, _ = statistic(s, n)
    in_whole = [r for r in rows if r["cluster"] in whole]
    rest = [r for r in rows if r["cluster"] not in whole]
    y, size = totals([(r["cluster"], diff(r["person"])) for r in in_whole])
    f, _ = totals([(r["cluster"], diff(r["judge"])) for r in in_whole])
    g, sizes = totals([(r["cluster"], diff(r["judge"])) for r in rest])
    both = deviations(np.concatenate([f, g]), np.concatenate([size, sizes]))
    covariance = float((deviations(y, size) * deviations(f, size)).mean())
    variance = float((both**2).sum() / (len(both) - 1))
    lam = min(1.0, max(0.0, covariance / ((1 + len(y) / len(g)) * variance)))
    rectifier, rectifier_se, _ = statistic(y - lam * f, size)
    imputed, imputed_se, _ = statistic(g, sizes)
    corrected = float(lam * imputed + rectifier)
    corrected_se = math.hypot(lam * float(imputed_se), float(rectifier_se))
    gladen = {}
    for arm in ("incumbent", "finalist"):
        said = [(r["judge"][arm] >= 0.5, r["person"][arm] >= 0.5) for r in labelled_rows]
        tpr = np.mean([j for j, p in said if p])
        tnr = np.mean([not j for j, p in said if not p])
        apparent = np.mean([r["judge"][arm] >= 0.5 for r in rows])
        gladen[arm] = float(np.clip((apparent + tnr - 1) / (tpr + tnr - 1), 0, 1))
    return {
        "raw": [float(theta), *interval(float(theta), float(se), len(s) - 1)],
        "corrected": [corrected, *interval(corrected, corrected_se, len(y) - 1)],
        "lambda": lam,
        "roganGladen": gladen["finalist"] - gladen["incumbent"],
    }


def watch(case):
    d = np.array(case["differences"])
    tolerance = np.array(case["tolerances"])
    stakes = np.array([0.1, 0.25, 0.5, 0.75]) / (1 + case["tolerance"])
    paths = np.cumprod(1 + np.outer(stakes, -d - tolerance), axis=1).mean(axis=0)
    return {"evidence": float(paths[-1]), "peak": max(1.0, float(paths.max()))}


given = json.load(sys.stdin)
tasks = {"betting": betting, "guardrails": guardrail, "people": people, "watch": watch}
json.dump({key: [tasks[key](case) for case in cases] for key, cases in given.items()}, sys.stdout)
