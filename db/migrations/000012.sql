-- Judges are one kind of scorer: versions, and what assesses a run, under one name.

alter table judge rename to scorer;
alter table judge_version rename to scorer_version;
alter table scorer_version rename column judge to scorer;
alter table run_judge rename to run_scorer;
alter table run_scorer rename column judge to scorer;
-- The scorer whose scores are meant where none is named; the first of its scorers.
alter table run rename column judge to primary_scorer;

-- What assesses every run of the cycle beside its judge: ids, in the order of the spec.
alter table cycle add scorers text[] not null default '{}';
