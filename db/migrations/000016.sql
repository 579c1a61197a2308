-- Alignments that stand alone, tests of judges outside of a cycle, and aligned judges that wait for their test.

-- `align`: a judge is aligned to labels and measured; no agent, no search, no gate.
alter table cycle drop constraint cycle_kind_check;
alter table cycle add check (kind in ('cycle', 'optimize', 'align'));

alter table run drop constraint run_kind_check;
alter table run add check
  (kind in ('evaluate', 'verdicts', 'judge-test', 'baseline', 'optimize', 'gate'));

-- `trial`: made by an alignment, and a version only once it is adopted.
alter table scorer_version drop constraint judge_version_kind_check;
alter table scorer_version add check (kind in ('version', 'fold', 'trial'));
