"""Agreement by independent packages: krippendorff, statsmodels and scikit-learn, of ratings given as JSON on stdin."""
import json
import sys

import numpy as np
import krippendorff
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import fleiss_kappa

given = json.load(sys.stdin)
order = given["order"]
raters = sorted({row["rater"] for row in given["ratings"]})
items = sorted({row["item"] for row in given["ratings"]})
place = {value: at for at, value in enumerate(order)}
data = np.full((len(raters), len(items)), np.nan)
rows, columns = {r: i for i, r in enumerate(raters)}, {u: i for i, u in enumerate(items)}
for row in given["ratings"]:
    data[rows[row["rater"]], columns[row["item"]]] = place[row["value"]]

domain = list(range(len(order)))
complete = data[:, ~np.isnan(data).any(axis=0)].astype(int)
table = np.array([[(complete[:, u] == v).sum() for v in domain] for u in range(complete.shape[1])])
pairs = {}
for i, a in enumerate(raters):
    for j in range(i + 1, len(raters)):
        both = ~np.isnan(data[i]) & ~np.isnan(data[j])
        x, y = data[i][both].astype(int), data[j][both].astype(int)
        pairs[f"{a} {raters[j]}"] = {
            "plain": cohen_kappa_score(x, y),
            "weighted": cohen_kappa_score(x, y, weights="quadratic"),
        }
alpha = {
    level: krippendorff.alpha(reliability_data=data, value_domain=domain, level_of_measurement=level)
    for level in ("nominal", "ordinal")
}
print(json.dumps({"alpha": alpha, "fleiss": fleiss_kappa(table), "cohen": pairs}))
