"""Writes down what a run of gepa decides, in the golden format's words."""
import hashlib

import gepa.proposer.merge as merging

from fakes import reply


class Tracer:
    """Writes the events of one run, in the library's order."""

    def __init__(self, adapter):
        self.events, self.prompts, self.it, self.adapter = [], 0, 0, adapter
        self.state = self.proposer = self.subsample = None

    def note(self, t, **fields):
        self.events.append({"t": t, "it": self.it, **fields})

    def reflect(self, prompt):
        said = reply(prompt, self.adapter.config["text_mod"])
        self.prompts += 1
        shown = {"prompt": prompt} if self.prompts <= 2 else {}
        sha = hashlib.sha256(prompt.encode()).hexdigest()
        self.note("reflect", component=self.waiting.pop(0), prompt_sha256=sha, reply=said, **shown)
        return said

    def on_iteration_start(self, event):
        self.state, self.it, self.waiting = event["state"], event["iteration"], []
        self.note("iter", rng_words=self.rng.words, calls=self.state.total_num_evals)

    def on_candidate_selected(self, event):
        self.note("select", idx=event["candidate_idx"])

    def on_minibatch_sampled(self, event):
        self.note("batch", ids=list(event["minibatch_ids"]))

    def on_evaluation_end(self, event):
        scores = list(event["scores"])
        if event["candidate_idx"] is not None:
            self.note("parent_eval", idx=event["candidate_idx"], scores=scores)
        elif len(event["parent_ids"]) == 2:
            self.note("merge_eval", parents=list(event["parent_ids"]), ids=list(self.subsample), scores=scores)
        else:
            self.note("child_eval", parent=event["parent_ids"][0], scores=scores)

    def on_evaluation_skipped(self, event):
        self.note("skip", idx=event["candidate_idx"], reason=event["reason"])

    def on_proposal_start(self, event):
        self.waiting += event["components"]

    def on_proposal_end(self, event):
        self.note("propose", texts=dict(event["new_instructions"]))

    def on_candidate_rejected(self, event):
        why = event["reason"]
        kind = "duplicate" if why.startswith("Duplicate") else "selection" if why.startswith("Passed") else "score"
        self.note("reject", old_sum=event["old_score"], new_sum=event["new_score"], reason=kind)

    def on_budget_updated(self, event):
        self.note("charge", n=event["metric_calls_delta"], total=event["metric_calls_used"])

    def on_valset_evaluated(self, event):
        scores, mean = [event["scores_by_val_id"][k] for k in self.val], event["average_score"]
        if self.it == 0:
            self.note("seed", scores=scores, mean=mean)
            return
        front = [sorted(m) for m in self.state.get_pareto_front_mapping().values()]
        self.note("val", idx=event["candidate_idx"], scores=scores, mean=mean, best=event["is_best_program"], front=front)

    def on_candidate_accepted(self, event):
        self.note("accept", idx=event["new_candidate_idx"], new_sum=event["new_score"], parents=list(event["parent_ids"]))

    def on_merge_attempted(self, event):
        a, b = event["parent_ids"]
        of = self.state.prog_candidate_val_subscores
        sums = [sum(of[p][k] for k in self.subsample) for p in (a, b)]
        new = self.adapter_sum(event["merged_candidate"])
        self.note("merge_attempt", parents=[a, b], candidate=dict(event["merged_candidate"]), i_sum=sums[0], j_sum=sums[1], new_sum=new)

    def adapter_sum(self, candidate):
        return sum(self.adapter.score(candidate, k) for k in self.subsample)

    def on_merge_accepted(self, event):
        self.note("merge_accept", idx=event["new_candidate_idx"], parents=list(event["parent_ids"]))

    def on_merge_rejected(self, event):
        self.note("merge_reject", parents=list(event["parent_ids"]))


def watch_merges(tracer):
    """Tells the tracer what each search for a merge was offered and found, and the examples it is tested on."""
    search = merging.sample_and_attempt_merge_programs_by_common_predictors
    subsample = merging.MergeProposer.select_eval_subsample_for_merged_program

    def searching(*args, **kwargs):
        found = search(*args, **kwargs)
        named = None if found is None else dict(zip(("i", "j", "ancestor"), found[1:]))
        tracer.note("merge_search", candidates=list(kwargs["merge_candidates"]), found=named)
        return found

    def subsampling(self, *args, **kwargs):
        tracer.subsample = subsample(self, *args, **kwargs)
        return tracer.subsample

    merging.sample_and_attempt_merge_programs_by_common_predictors = searching
    merging.MergeProposer.select_eval_subsample_for_merged_program = subsampling
    made = merging.MergeProposer.__init__

    def making(self, *args, **kwargs):
        made(self, *args, **kwargs)
        tracer.proposer = self

    merging.MergeProposer.__init__ = making

    def restore():
        merging.sample_and_attempt_merge_programs_by_common_predictors = search
        merging.MergeProposer.select_eval_subsample_for_merged_program = subsample
        merging.MergeProposer.__init__ = made

    return restore
