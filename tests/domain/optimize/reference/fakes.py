"""The golden format's agent, metric and reflection model (the README of the format, "Fakes")."""
import hashlib

from gepa import EvaluationBatch, GEPAAdapter

TABLES = {"uniform": [0, 1, 2, 3, 4], "easy": [4, 4, 2, 4, 3], "binary": [0, 4], "hard": [0, 0, 1, 0, 2, 0, 4]}
WEIGHTS = [[4], [2, 2], [2, 1, 1], [1, 1, 1, 1]]
NAMES = ["router", "answer", "style", "check"]


def h(text):
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)


class Fakes(GEPAAdapter):
    propose_new_texts = None

    def __init__(self, config):
        self.config, self.calls = config, 0
        self.table = TABLES[config["metric"]]
        self.weights = WEIGHTS[config["components"] - 1]

    def part(self, name, text, ex):
        return self.table[h(f"{name}|{text}|{ex}") % len(self.table)]

    def score(self, candidate, ex):
        return sum(w * self.part(n, t, ex) for w, (n, t) in zip(self.weights, candidate.items())) / 16

    def objectives(self, candidate, ex):
        body = "|".join(f"{n}={t}" for n, t in candidate.items())
        return {
            "quality": self.score(candidate, ex),
            "brevity": (h(f"brevity|{body}|{ex}") % 5) / 4,
            "accuracy": h(f"accuracy|{body}|{ex}") % 2,
        }

    def evaluate(self, batch, candidate, capture_traces=False):
        self.calls += len(batch)
        objectives = None
        if self.config["frontier"] != "instance":
            objectives = [self.objectives(candidate, ex) for ex in batch]
        return EvaluationBatch(
            outputs=list(batch),
            scores=[self.score(candidate, ex) for ex in batch],
            trajectories=list(batch) if capture_traces else None,
            objective_scores=objectives,
        )

    def record(self, candidate, name, ex):
        earned = self.part(name, candidate[name], ex)
        return {
            "Inputs": {"id": ex, "question": f"What about {ex}?", "hints": [f"hint {h(ex) % 7}", f"café {ex}"]},
            "Generated Outputs": f"answer to {ex} #{h(f'{name}|{candidate[name]}|{ex}') % 1000}",
            "Feedback": f"Part {name} earned {earned} of 4 points.\n" + ("Good." if earned == 4 else f"Missing fact F{h(ex) % 97}."),
        }

    def make_reflective_dataset(self, candidate, eval_batch, components):
        return {name: [self.record(candidate, name, ex) for ex in eval_batch.trajectories] for name in components}


def reply(prompt, modulus):
    n = h(prompt)
    v = n % modulus
    text = f"Rule {v}: keep $& and $1 as they are.\nBe {['brief', 'exact', 'kind'][v % 3]}."
    f = "```"
    return [
        f"{f}\n{text}\n{f}",
        f"Sure.\n{f}text\n{text}\n{f}\nDone.",
        f"  {text}  \n",
        f"{f}markdown\n{text}\n",
        f"{text}\n{f}",
        f"Intro\n{f}\n{text}\n{f}inner\ncode {v}\n{f}\n{f}\nbye",
    ][(n >> 8) % 6]
