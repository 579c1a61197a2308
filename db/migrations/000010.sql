-- Searches that stand alone, and the fronts a candidate is on.

-- `optimize`: only the search, from the baseline to a finalist; no labels, no gate, no promotion.
alter table cycle add kind ident not null default 'cycle' check (kind in ('cycle', 'optimize'));

-- Keys of the fronts that hold the candidate, such as an example's id.
alter table optimizer_candidate add fronts text[] not null default '{}';
