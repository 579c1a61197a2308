-- Test drives: conversations with an agent in the console.

create table drive (
  project ident not null references project,
  id ident not null,
  agent ident not null,
  -- By prompt name a version number or an alias, read anew at each turn.
  prompts json not null,
  asking json not null,
  who text not null,
  created_at timestamptz not null default now(),
  primary key (project, id)
);

create table drive_turn (
  project ident not null,
  drive ident not null,
  turn integer not null check (turn > 0),
  message text not null,
  inputs json not null,
  -- Version number by prompt name.
  versions json not null,
  trace ident not null,
  -- `failed`: the agent's own fault; `missing`: ours, and it may be asked again.
  status ident not null default 'pending' check (status in ('pending', 'ok', 'failed', 'missing')),
  outputs json,
  error json,
  latency_ms double precision,
  price double precision,
  asked_at timestamptz not null default clock_timestamp(),
  answered_at timestamptz,
  primary key (project, drive, turn),
  unique (project, trace),
  foreign key (project, drive) references drive,
  check ((status = 'pending') = (answered_at is null))
);
