-- The watch after a promotion: one observation a conversation, and what came of them.

create table watch (
  project ident not null,
  -- `<name>/<number>` of the cycle that promoted.
  cycle ident not null,
  policy json not null,
  state ident not null default 'running' check (state in ('running', 'ended')),
  outcome ident check (outcome in ('rolled-back', 'held', 'superseded', 'stopped')),
  why text,
  started_at timestamptz not null default now(),
  ends_at timestamptz not null,
  ended_at timestamptz,
  primary key (project, cycle),
  foreign key (project, cycle) references cycle
);

create table watch_observation (
  project ident not null,
  cycle ident not null,
  seq bigint generated always as identity,
  conversation ident not null,
  -- `pair`: both prompts on the same input; `traffic`: one request that got one of them by chance.
  kind ident not null check (kind in ('pair', 'traffic')),
  -- New minus old in [-1, 1], and the tolerance on the same scale.
  difference double precision not null check (difference between -1 and 1),
  tolerance double precision not null check (tolerance between 0 and 1),
  created_at timestamptz not null default clock_timestamp(),
  primary key (project, cycle, conversation),
  foreign key (project, cycle) references watch
);
create trigger append_only before update or delete on watch_observation
  for each row execute function refuse_change();

alter table run drop constraint run_kind_check;
alter table run add check (kind in ('evaluate', 'verdicts', 'judge-test', 'baseline', 'optimize', 'gate', 'watch'));
