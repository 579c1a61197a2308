-- What people say, and what the database tells the workflow of it.

create table label_session (
  project ident not null references project,
  id ident not null,
  cycle ident,
  round integer not null,
  judge ident not null,
  judge_version ident not null,
  raters_per_item integer not null,
  minimum integer not null,
  target integer not null,
  deadline timestamptz,
  state ident not null default 'open' check (state in ('open', 'closed')),
  ended_by ident,
  created_at timestamptz not null default now(),
  closed_at timestamptz,
  primary key (project, id),
  unique (project, cycle, round),
  foreign key (project, judge_version) references judge_version
);

create table session_item (
  project ident not null,
  session ident not null,
  ordinal integer not null,
  trace ident not null,
  example ident not null,
  output_hash ident not null,
  weight double precision,
  reason text not null,
  primary key (project, session, ordinal),
  unique (project, session, example, output_hash),
  foreign key (project, session) references label_session
);

create index session_item_trace on session_item (project, trace);
create index session_item_example on session_item (project, example, output_hash);

create table label (
  project ident not null references project,
  id ident not null,
  seq bigint generated always as identity,
  -- The judge whose question was answered.
  name ident not null,
  rater ident not null,
  trace ident not null,
  example ident not null,
  output_hash ident not null,
  value json not null,
  rationale text,
  session ident,
  late boolean not null,
  supersedes ident,
  created_at timestamptz not null default clock_timestamp(),
  primary key (project, id),
  foreign key (project, supersedes) references label
);

-- One chain of edits for each (question, rater, output): one first label, each superseded once at most.
create unique index label_first on label (project, name, rater, example, output_hash)
  where supersedes is null;
create unique index label_next on label (project, supersedes) where supersedes is not null;
create index label_session_idx on label (project, session);

create trigger append_only before update or delete on label
  for each row execute function refuse_change();

create table outbox (
  id bigint generated always as identity primary key,
  project ident not null references project,
  kind ident not null,
  -- What it is about: written once for each (kind, subject).
  subject ident not null,
  payload json not null,
  created_at timestamptz not null default now(),
  delivered_at timestamptz,
  unique (project, kind, subject)
);

create index outbox_waiting on outbox (id) where delivered_at is null;
