"""Golden traces of gepa 0.1.4: reads a list of configs on stdin, writes the list of traces on stdout.

Sets are walked in ascending order, as the format wants. A config may carry `stop`, a list of our stop rules.
"""
import json
import sys

import gepa.api
from gepa.strategies import proposal_sampling as sampling
from gepa.strategies import proposal_selection as selection
from gepa.utils import stop_condition as stops

from ascending import Counting, ascending
from fakes import NAMES, Fakes
from tracer import Tracer, watch_merges


class Named:
    """A data set whose ids are its examples."""

    def __init__(self, ids):
        self.ids = ids

    def all_ids(self):
        return list(self.ids)

    def fetch(self, ids):
        return list(ids)

    def __len__(self):
        return len(self.ids)


def stopper(rule):
    kind = rule["kind"]
    if kind in ("any", "all"):
        return stops.CompositeStopper(*map(stopper, rule["of"]), mode=kind)
    made = {
        "metric_calls": lambda: stops.MaxMetricCallsStopper(rule["max"]),
        "proposals": lambda: stops.MaxCandidateProposalsStopper(rule["max"]),
        "candidates": lambda: stops.MaxTrackedCandidatesStopper(rule["max"]),
        "score": lambda: stops.ScoreThresholdStopper(rule["threshold"]),
        "no_improvement": lambda: stops.NoImprovementStopper(rule["iterations"]),
    }
    return made[kind]()


SAMPLING = {
    "single": lambda s: None,
    "same_parent": lambda s: sampling.SameParentSampling(s["n"]),
    "independent": lambda s: sampling.IndependentSampling(s["n"]),
    "pxn": lambda s: sampling.PxNSampling(s["p"], s["n"]),
}
SELECTION = {
    "all": lambda s: None,
    "best": lambda s: selection.BestImprovement(),
    "top_k": lambda s: selection.TopKImprovements(s["k"]),
}


def run(config):
    adapter = Fakes(config)
    tracer = Tracer(adapter)
    tracer.val = [f"v{i:03}" for i in range(config["val"])]

    class Seeded:
        Random = staticmethod(lambda seed: setattr(tracer, "rng", Counting(seed)) or tracer.rng)

    gepa.api.random = Seeded
    restore = watch_merges(tracer)
    seed_candidate = {name: f"seed text of {name}" for name in NAMES[: config["components"]]}
    try:
        gepa.api.optimize(
            seed_candidate=seed_candidate,
            trainset=Named([f"t{i:03}" for i in range(config["train"])]),
            valset=Named(tracer.val),
            adapter=adapter,
            reflection_lm=tracer.reflect,
            candidate_selection_strategy=config["selector"],
            frontier_type=config["frontier"],
            skip_perfect_score=config["skip_perfect_score"],
            reflection_minibatch_size=config["minibatch"],
            module_selector=config["module"],
            use_merge=config["merge"],
            max_merge_invocations=config["max_merges"],
            max_metric_calls=config["budget"],
            stop_callbacks=[stopper(rule) for rule in config.get("stop", [])] or None,
            acceptance_criterion=config["acceptance"],
            sampling_strategy=SAMPLING[config["sampling"]["kind"]](config["sampling"]),
            selection_strategy=SELECTION[config["selection"]["kind"]](config["selection"]),
            cache_evaluation=config["cache"],
            callbacks=[tracer, Ending(tracer)],
            logger=Silent(),
            seed=config["seed"],
        )
    finally:
        restore()
    return {
        "format": "gepa-golden/1",
        "reference": "gepa 0.1.4, sorted set orders",
        "config": config,
        "seed_candidate": seed_candidate,
        "front_keys": [[key] if isinstance(key, str) else list(key) for key in tracer.ended.get_pareto_front_mapping()],
        "events": tracer.events,
        "final": final(tracer, config),
    }


class Silent:
    def log(self, message):
        pass


class Ending:
    def __init__(self, tracer):
        self.tracer = tracer

    def on_optimization_end(self, event):
        self.tracer.ended, self.tracer.best = event["final_state"], event["best_candidate_idx"]


def final(tracer, config):
    s = tracer.ended
    merge = None
    if config["merge"]:
        m = tracer.proposer
        performed, described = m.merges_performed
        merge = {
            "due": m.merges_due,
            "accepted": m.total_merges_tested,
            "performed": [list(p) for p in performed],
            "descriptions": [[i, j, list(sources)] for i, j, sources in described],
        }
    return {
        "iterations": s.i + 1,
        "rng_words": tracer.rng.words,
        "total_metric_calls": s.total_num_evals,
        "adapter_calls": tracer.adapter.calls,
        "full_val_evals": s.num_full_ds_evals,
        "best_idx": tracer.best,
        "candidates": s.program_candidates,
        "parents": s.parent_program_for_candidate,
        "val_means": s.program_full_scores_val_set,
        "discovery_calls": s.num_metric_calls_by_discovery,
        "next_component": s.named_predictor_id_to_update_next_for_program_candidate,
        "front": [sorted(m) for m in s.get_pareto_front_mapping().values()],
        "objective_means": None if config["frontier"] == "instance" else s.prog_candidate_objective_scores,
        "merge": merge,
    }


def attempt(config):
    """The trace, or why the library itself broke off: a merge whose only common ancestor has mean 0 does."""
    try:
        return run(config)
    except ValueError as error:
        return {"config": config, "broke": str(error)}


ascending()
json.dump([attempt(config) for config in json.load(sys.stdin)], sys.stdout, ensure_ascii=False)
