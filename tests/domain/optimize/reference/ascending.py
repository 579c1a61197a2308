"""gepa with its sets walked in ascending order, and a generator that counts the words drawn."""
import inspect
import math
import random

import gepa.gepa_utils
import gepa.proposer.merge as merging
import gepa.strategies.candidate_selector as selectors


class Counting(random.Random):
    """Counts the 32-bit words drawn."""

    words = 0

    def random(self):
        self.words += 2
        return super().random()

    def getrandbits(self, k):
        self.words += math.ceil(k / 32)
        return super().getrandbits(k)


def patched(module, name, *edits):
    """Rewrites a function of the library in its own module; each edit must apply."""
    source = inspect.getsource(getattr(module, name))
    for old, new in edits:
        assert old in source, (name, old)
        source = source.replace(old, new)
    exec(compile(source, f"<ascending {name}>", "exec"), module.__dict__)


def ascending():
    patched(gepa.gepa_utils, "remove_dominated_programs", ("for p in front:", "for p in sorted(front):"))
    patched(gepa.gepa_utils, "find_dominator_programs", ("uniq_progs = set(uniq_progs)", "uniq_progs = sorted(set(uniq_progs))"))
    patched(
        gepa.gepa_utils,
        "select_program_candidate_from_pareto_front",
        ("for prog_idx in testcase_pareto_front:", "for prog_idx in sorted(testcase_pareto_front):"),
    )
    selectors.select_program_candidate_from_pareto_front = gepa.gepa_utils.select_program_candidate_from_pareto_front
    merging.find_dominator_programs = gepa.gepa_utils.find_dominator_programs
    patched(merging, "find_common_ancestor_pair", ("set(ancestors_i) & set(ancestors_j)", "sorted(set(ancestors_i) & set(ancestors_j))"))
    patched(
        merging,
        "sample_and_attempt_merge_programs_by_common_predictors",
        ("for pred_name in pred_names:", "for pred_name in sorted(pred_names):"),
    )
    source = inspect.getsource(merging.MergeProposer.select_eval_subsample_for_merged_program)
    old = "list(set(scores1.keys()) & set(scores2.keys()))"
    assert old in source
    space = dict(merging.__dict__)
    exec("class P:\n" + source.replace(old, f"sorted({old})"), space)
    merging.MergeProposer.select_eval_subsample_for_merged_program = space["P"].select_eval_subsample_for_merged_program
