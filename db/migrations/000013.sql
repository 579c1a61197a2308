-- Outputs of a gate that people compare, blind, before its verdict.

-- `round`: labels that a cycle learns from. `check`: both arms of its gate, mixed; the only session that shows sealed rows.
alter table label_session add kind ident not null default 'round' check (kind in ('round', 'check'));
alter table label_session drop constraint label_session_project_cycle_round_key;
alter table label_session add unique (project, cycle, kind, round);
