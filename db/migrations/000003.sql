-- Cycles and what they measure: runs, rollouts, assessments, traces.

-- `key` is `<name>/<number>`: the name by which a cycle pays and its runs are called.
create table cycle (
  project ident not null references project,
  key ident not null,
  name ident not null,
  number integer not null,
  spec json not null,
  policy_hash ident,
  state ident not null default 'running' check (state in ('running', 'ended')),
  phase ident,
  outcome ident,
  verdict ident check (verdict in ('promote', 'reject', 'inconclusive', 'unmeasurable')),
  dataset_version ident not null,
  -- `cross-fitted` where the test labels are too few for a part of their own.
  split_method ident check (split_method in ('held-out', 'cross-fitted')),
  base_judge ident not null,
  -- The judge that measures: the base judge until an aligned one is adopted.
  judge ident not null,
  judge_report json,
  -- Lower 90 % bound of the kappa of the judge in use with people.
  judge_kappa_lower double precision,
  optimize_report json,
  note text,
  -- Version number by prompt name.
  incumbent json not null,
  finalist json,
  finalist_hash ident,
  agent_fingerprint ident,
  models json,
  gate_report json,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (project, key),
  unique (project, name, number),
  foreign key (project, dataset_version) references dataset_version,
  foreign key (project, base_judge) references judge_version,
  foreign key (project, judge) references judge_version
);

create table cycle_phase (
  project ident not null,
  cycle ident not null,
  phase ident not null,
  seq bigint generated always as identity,
  note text not null,
  started_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  primary key (project, cycle, phase),
  foreign key (project, cycle) references cycle
);

create table report (
  project ident not null,
  cycle ident not null,
  report json not null,
  evidence_hash ident not null,
  created_at timestamptz not null default now(),
  primary key (project, cycle),
  foreign key (project, cycle) references cycle
);

create table budget (
  project ident not null,
  cycle ident not null,
  limit_usd double precision,
  limit_tokens bigint,
  primary key (project, cycle),
  foreign key (project, cycle) references cycle
);

-- Work under way by its business name: a retry replaces its own reservation, so a crash leaks none.
create table budget_reservation (
  project ident not null,
  cycle ident not null,
  work ident not null,
  usd double precision not null,
  tokens bigint not null,
  primary key (project, cycle, work),
  foreign key (project, cycle) references budget
);

create table run (
  project ident not null,
  name ident not null,
  kind ident not null check (kind in ('evaluate', 'verdicts', 'baseline', 'optimize', 'gate')),
  cycle ident not null,
  dataset_version ident not null,
  judge ident not null,
  agent ident not null,
  agent_fingerprint ident not null,
  models json not null,
  git_commit text,
  -- Rollouts planned so far: the next ordinal.
  planned integer not null default 0,
  created_at timestamptz not null default now(),
  primary key (project, name),
  foreign key (project, cycle) references cycle,
  foreign key (project, dataset_version) references dataset_version,
  foreign key (project, judge) references judge_version
);

create table run_arm (
  project ident not null,
  run ident not null,
  arm ident not null,
  -- Over the text hashes of its prompts.
  hash ident not null,
  -- Text hash by prompt name.
  prompts json not null,
  primary key (project, run, arm),
  foreign key (project, run) references run
);

create table rollout (
  project ident not null,
  run ident not null,
  ordinal integer not null,
  arm ident not null,
  example ident not null,
  trial integer not null,
  status ident not null check (status in ('pending', 'ok', 'failed', 'missing')),
  outputs json,
  output_hash ident,
  trace ident,
  error json,
  latency_ms double precision,
  price double precision,
  primary key (project, run, ordinal),
  unique (project, run, arm, example, trial),
  foreign key (project, run, arm) references run_arm
);

create index rollout_trace on rollout (project, trace) where trace is not null;

create table assessment (
  project ident not null,
  run ident not null,
  ordinal integer not null,
  -- Judge version id, or the name of a code scorer.
  scorer ident not null,
  repeat integer not null,
  name ident not null,
  value json,
  score double precision,
  rationale text,
  error json,
  source text not null,
  evidence json not null,
  primary key (project, run, ordinal, scorer, repeat),
  foreign key (project, run, ordinal) references rollout
);

create table trace (
  project ident not null references project,
  id ident not null,
  run ident,
  status ident not null check (status in ('OK', 'ERROR')),
  inputs json not null,
  outputs json not null,
  tags jsonb not null default '{}',
  created_at timestamptz not null default now(),
  primary key (project, id)
);

create index trace_run on trace (project, run);

create table span (
  project ident not null,
  trace ident not null,
  ordinal integer not null,
  id ident not null,
  parent ident,
  name text not null,
  kind ident not null,
  -- Milliseconds since the epoch.
  started double precision not null,
  ended double precision not null,
  status ident not null check (status in ('OK', 'ERROR')),
  message text,
  inputs json not null,
  outputs json not null,
  usage json,
  attributes json not null,
  primary key (project, trace, ordinal),
  foreign key (project, trace) references trace on delete cascade
);
