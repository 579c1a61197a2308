-- Engines, the ledger of model replies, and the gate.

create table engine_step (
  project ident not null references project,
  run ident not null,
  turn integer not null,
  state json not null,
  events json not null,
  asks json not null,
  done boolean not null,
  result json,
  -- Rollouts the step planned in its run; the end is excluded.
  from_ordinal integer not null,
  to_ordinal integer not null,
  created_at timestamptz not null default now(),
  primary key (project, run, turn)
);

create table engine_reply (
  project ident not null references project,
  run ident not null,
  ask ident not null,
  reply json not null,
  created_at timestamptz not null default now(),
  primary key (project, run, ask)
);

create table optimizer_candidate (
  project ident not null references project,
  run ident not null,
  hash ident not null,
  position integer not null,
  parents text[] not null,
  -- Text hash by prompt name.
  prompts json not null,
  validation double precision,
  discovered_at integer not null,
  length integer not null,
  primary key (project, run, hash)
);

create table model_reply (
  key ident primary key,
  purpose ident not null,
  model text not null,
  project ident not null,
  cycle ident,
  draw text not null,
  reply json not null,
  input_tokens integer not null,
  cached_tokens integer not null,
  output_tokens integer not null,
  price double precision not null,
  latency_ms double precision not null,
  -- How often it answered instead of the model.
  reused integer not null default 0,
  created_at timestamptz not null default clock_timestamp()
);

create index model_reply_cycle on model_reply (project, cycle, purpose);

create sequence model_claim_holder as integer cycle;

create table model_claim (
  key ident primary key,
  -- Alive as long as a session holds the advisory lock (holder).
  holder integer not null,
  claimed_at timestamptz not null default clock_timestamp()
);

create table sealed_freeze (
  project ident not null,
  cycle ident not null,
  run ident not null,
  dataset_version ident not null,
  judge ident not null,
  incumbent_hash ident not null,
  finalist_hash ident not null,
  -- Ids of the sealed examples, in order.
  examples text[] not null,
  policy_hash ident not null,
  frozen_hash ident not null,
  look integer not null,
  created_at timestamptz not null default now(),
  primary key (project, cycle),
  foreign key (project, cycle) references cycle,
  foreign key (project, judge) references judge_version
);

create trigger append_only before update or delete on sealed_freeze
  for each row execute function refuse_change();

-- Looks by the content of a conversation: they span the projects of a database.
create table gate_look (
  key ident not null,
  project ident not null,
  cycle ident not null,
  look integer not null,
  created_at timestamptz not null default now(),
  primary key (key, project, cycle)
);

create trigger append_only before update or delete on gate_look
  for each row execute function refuse_change();
