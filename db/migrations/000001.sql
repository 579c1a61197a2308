-- The schema of Attune. Forward only: a released schema changes by a further file.

-- Projects, texts, examples, datasets and the parts of their conversations.

-- Ids, names and hashes: compared and ordered by code unit, whatever the locale of the database.
create domain ident as text collate "C" check (value <> '');

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % refused', tg_table_name, lower(tg_op)
    using errcode = 'restrict_violation', hint = 'Write a new row instead.';
end
$$;

create table project (
  name ident primary key,
  split_salt text not null,
  -- A salt that was drawn gives way to one that is named, until the first split: a worker that registers its agents makes the project before anybody names a salt.
  salt_drawn boolean not null default false,
  -- Set by the first split: the share of draws below which a conversation is sealed.
  sealed_share double precision,
  created_at timestamptz not null default now()
);

create function keep_split() returns trigger language plpgsql as $$
begin
  if (new.split_salt <> old.split_salt and not (old.salt_drawn and old.sealed_share is null))
    or (old.sealed_share is not null and new.sealed_share is distinct from old.sealed_share) then
    raise exception 'project %: split salt and sealed share are set once', old.name
      using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;

create trigger keep_split before update on project
  for each row execute function keep_split();

-- Prompts and candidates by content.
create table stored_text (
  project ident not null references project,
  hash ident not null,
  text text not null,
  primary key (project, hash)
);

create table example (
  project ident not null references project,
  id ident not null,
  hash ident not null,
  conversation ident not null,
  inputs json not null,
  outputs json,
  output_hash ident,
  expectations json,
  tags jsonb not null,
  -- Where it came from, such as the trace it was made of. No part of its hash: the same content from elsewhere is the same example.
  source json,
  primary key (project, id, hash)
);

create index example_conversation on example (project, conversation);

create table dataset (
  project ident not null references project,
  name ident not null,
  created_at timestamptz not null default now(),
  primary key (project, name)
);

create table dataset_version (
  project ident not null,
  dataset ident not null,
  number integer not null,
  id ident not null,
  -- Over (example id, example hash) in order: equal rows are the same version.
  hash ident not null,
  size integer not null,
  conversations integer not null,
  created_at timestamptz not null default now(),
  primary key (project, id),
  unique (project, dataset, number),
  unique (project, dataset, hash),
  foreign key (project, dataset) references dataset
);

create trigger append_only before update or delete on dataset_version
  for each row execute function refuse_change();

create table dataset_row (
  project ident not null,
  version ident not null,
  ordinal integer not null,
  example ident not null,
  hash ident not null,
  primary key (project, version, ordinal),
  unique (project, version, example),
  foreign key (project, version) references dataset_version,
  foreign key (project, example, hash) references example
);

create trigger append_only before update or delete on dataset_row
  for each row execute function refuse_change();

-- What an output should have been. Reports alone read it.
create table gold (
  project ident not null,
  dataset ident not null,
  example ident not null,
  value jsonb not null,
  primary key (project, dataset, example),
  foreign key (project, dataset) references dataset
);

create table membership (
  project ident not null references project,
  conversation ident not null,
  -- Order of import.
  seq bigint generated always as identity,
  part ident not null
    check (part in ('align-labels', 'judge-test', 'train', 'validation', 'sealed')),
  pinned boolean not null,
  near_group ident not null,
  created_at timestamptz not null default now(),
  primary key (project, conversation)
);

create trigger append_only before update or delete on membership
  for each row execute function refuse_change();

-- Sealed conversations that somebody opened: no gate may use them from then on.
create table retirement (
  project ident not null,
  conversation ident not null,
  who text not null,
  at timestamptz not null default now(),
  primary key (project, conversation),
  foreign key (project, conversation) references membership
);

create trigger append_only before update or delete on retirement
  for each row execute function refuse_change();

create table agent (
  project ident not null references project,
  name ident not null,
  record json not null,
  seen_at timestamptz not null default now(),
  primary key (project, name)
);

-- Prompts with their aliases, and scorers (judges are one kind of them).

create table prompt (
  project ident not null references project,
  name ident not null,
  created_at timestamptz not null default now(),
  primary key (project, name)
);

create table prompt_version (
  project ident not null,
  prompt ident not null,
  number integer not null,
  hash ident not null,
  text text not null,
  variables text[] not null,
  message text,
  parent integer,
  -- The cycle that found it, and the models it was found with.
  cycle ident,
  models json,
  created_at timestamptz not null default now(),
  primary key (project, prompt, number),
  unique (project, prompt, hash),
  foreign key (project, prompt) references prompt
);

create trigger append_only before update or delete on prompt_version
  for each row execute function refuse_change();

create table prompt_alias (
  project ident not null,
  prompt ident not null,
  alias ident not null,
  number integer not null,
  primary key (project, prompt, alias),
  foreign key (project, prompt, number) references prompt_version
);

create table prompt_alias_move (
  project ident not null,
  prompt ident not null,
  alias ident not null,
  seq bigint generated always as identity,
  from_number integer,
  to_number integer not null,
  who text not null,
  why text not null,
  cycle ident,
  evidence text,
  -- Moved by hand, without a gate that said promote.
  override boolean not null,
  -- A return to the predecessor; the next rollback goes further back.
  rollback boolean not null,
  at timestamptz not null default now(),
  primary key (project, prompt, alias, seq),
  foreign key (project, prompt, to_number) references prompt_version
);

create trigger append_only before update or delete on prompt_alias_move
  for each row execute function refuse_change();

-- An alias and its history cannot part: checked when a transaction commits.

create function alias_agrees() returns trigger language plpgsql as $$
declare
  stands integer;
  told integer;
begin
  select number into stands from prompt_alias
    where project = new.project and prompt = new.prompt and alias = new.alias;
  select to_number into told from prompt_alias_move
    where project = new.project and prompt = new.prompt and alias = new.alias
    order by seq desc limit 1;
  if stands is distinct from told then
    raise exception 'alias %@% stands at %, its history says %', new.prompt, new.alias, stands, told
      using errcode = 'restrict_violation', hint = 'Move an alias together with its history row.';
  end if;
  return null;
end
$$;

create constraint trigger history_agrees after insert or update on prompt_alias
  deferrable initially deferred for each row execute function alias_agrees();

create constraint trigger alias_agrees after insert on prompt_alias_move
  deferrable initially deferred for each row execute function alias_agrees();

create trigger no_delete before delete on prompt_alias
  for each row execute function refuse_change();

create table scorer (
  project ident not null references project,
  name ident not null,
  created_at timestamptz not null default now(),
  primary key (project, name)
);

create table scorer_version (
  project ident not null,
  id ident not null,
  scorer ident not null,
  -- `fold`: made to measure alignment itself; lists leave it out. `trial`: made by an alignment, and a version only once it is adopted.
  kind ident not null check (kind in ('version', 'fold', 'trial')),
  number integer not null,
  hash ident not null,
  definition json not null,
  memory json,
  created_at timestamptz not null default now(),
  primary key (project, id),
  unique (project, scorer, kind, number),
  unique (project, scorer, kind, hash),
  foreign key (project, scorer) references scorer
);

create trigger append_only before update or delete on scorer_version
  for each row execute function refuse_change();

-- Cycles and what they measure: runs, rollouts, assessments, traces.

-- `key` is `<name>/<number>`: the name by which a cycle pays and its runs are called.
create table cycle (
  project ident not null references project,
  key ident not null,
  name ident not null,
  number integer not null,
  -- `optimize`: only the search, from the baseline to a finalist; no labels, no gate, no promotion.
  -- `align`: a judge is aligned to labels and measured; no agent, no search, no gate.
  kind ident not null default 'cycle' check (kind in ('cycle', 'optimize', 'align')),
  spec json not null,
  policy_hash ident,
  state ident not null default 'running' check (state in ('running', 'failed', 'ended')),
  phase ident,
  outcome ident,
  verdict ident check (verdict in ('promote', 'reject', 'inconclusive', 'unmeasurable')),
  dataset_version ident not null,
  base_judge ident not null,
  -- The judge that measures: the base judge until an aligned one is adopted.
  judge ident not null,
  -- What assesses every run of the cycle beside its judge: ids, in the order of the spec.
  scorers text[] not null default '{}',
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
  -- `<name>/<number>` of the inconclusive cycle whose finalist is gated again, as the next look.
  pools ident,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (project, key),
  unique (project, name, number),
  foreign key (project, dataset_version) references dataset_version,
  foreign key (project, pools) references cycle,
  foreign key (project, base_judge) references scorer_version,
  foreign key (project, judge) references scorer_version
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

-- Limits of the whole cycle (`all`) and of one phase beside it.
create table budget (
  project ident not null,
  cycle ident not null,
  phase ident not null,
  limit_usd double precision,
  limit_tokens bigint,
  primary key (project, cycle, phase),
  foreign key (project, cycle) references cycle
);

-- Work under way by its business name: a retry replaces its own reservation, so a crash leaks none.
create table budget_reservation (
  project ident not null,
  cycle ident not null,
  work ident not null,
  usd double precision not null,
  tokens bigint not null,
  -- Held by the database session of its worker, as a claim of the ledger is: a worker that was killed holds nothing.
  holder integer not null,
  reserved_at timestamptz not null default clock_timestamp(),
  primary key (project, cycle, work),
  foreign key (project, cycle) references cycle
);

create table run (
  project ident not null,
  name ident not null,
  kind ident not null check
    (kind in ('evaluate', 'verdicts', 'judge-test', 'baseline', 'optimize', 'gate', 'watch')),
  cycle ident,
  -- What a run that stands alone was asked to do; a cycle's runs have the spec of their cycle.
  spec json,
  dataset_version ident not null,
  -- The scorer whose scores are meant where none is named; the first of its scorers.
  primary_scorer ident not null,
  agent ident not null,
  agent_fingerprint ident not null,
  models json not null,
  git_commit text,
  -- Rollouts planned so far: the next ordinal.
  planned integer not null default 0,
  -- How often what had failed was asked for again.
  attempt integer not null default 0,
  created_at timestamptz not null default now(),
  primary key (project, name),
  foreign key (project, cycle) references cycle,
  foreign key (project, dataset_version) references dataset_version,
  foreign key (project, primary_scorer) references scorer_version,
  constraint run_owner check ((cycle is null) = (spec is not null))
);

-- The scorers of a run; the first stands in the run too.
create table run_scorer (
  project ident not null,
  run ident not null,
  scorer ident not null,
  position integer not null,
  primary key (project, run, scorer),
  unique (project, run, position),
  foreign key (project, run) references run,
  foreign key (project, scorer) references scorer_version
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

-- What search reads of a trace stands beside it and is recomputed from its spans in the transaction that changes them.
create table trace (
  project ident not null references project,
  id ident not null,
  run ident,
  status ident not null check (status in ('OK', 'ERROR')),
  name text not null default '',
  session ident,
  -- Milliseconds since the epoch.
  started double precision not null default extract(epoch from now()) * 1000,
  latency_ms double precision,
  input_tokens bigint,
  output_tokens bigint,
  inputs json not null,
  outputs json not null,
  tags jsonb not null default '{}',
  created_at timestamptz not null default now(),
  primary key (project, id)
);

create index trace_run on trace (project, run);
create index trace_started on trace (project, started desc, id desc);
create index trace_session on trace (project, session) where session is not null;

create table span (
  project ident not null,
  trace ident not null,
  -- Its place among the spans our agent recorded; received ones have none.
  ordinal integer,
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
  session ident,
  origin json,
  -- A span is the same wherever it comes from.
  primary key (project, trace, id),
  foreign key (project, trace) references trace on delete cascade
);

-- What people say.

create table label_session (
  project ident not null references project,
  id ident not null,
  cycle ident,
  -- `round`: labels that a cycle learns from. `check`: both arms of its gate, mixed; the only session that shows sealed rows.
  kind ident not null default 'round' check (kind in ('round', 'check')),
  round integer not null,
  judge ident not null,
  judge_version ident not null,
  raters_per_item integer not null,
  minimum integer not null,
  target integer not null,
  deadline timestamptz,
  questions json not null default '[]',
  -- Of a session without a cycle: where its items' inputs stand, and what chose them.
  dataset_version ident,
  policy json,
  state ident not null default 'open' check (state in ('open', 'closed')),
  ended_by ident,
  created_at timestamptz not null default now(),
  closed_at timestamptz,
  primary key (project, id),
  unique (project, cycle, kind, round),
  foreign key (project, judge_version) references scorer_version
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
  -- Answers to the further questions of a session, by name.
  extras json,
  -- A withdrawn label repeats the value it takes back.
  withdrawn boolean not null default false,
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
create index label_trace on label (project, trace);

create trigger append_only before update or delete on label
  for each row execute function refuse_change();

-- Signs the links of raters; drawn at the first link.
create table signing_key (
  project ident primary key references project,
  key text not null
);

create table rater_link (
  project ident not null,
  id ident not null,
  session ident not null,
  rater ident not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  created_by text not null,
  created_at timestamptz not null default now(),
  primary key (project, id),
  foreign key (project, session) references label_session
);
create index rater_link_session on rater_link (project, session);

-- The last row of a rater and item counts; a null reason takes a skip back.
create table item_skip (
  project ident not null,
  session ident not null,
  ordinal integer not null,
  rater ident not null,
  seq bigint generated always as identity,
  reason text,
  created_at timestamptz not null default clock_timestamp(),
  primary key (project, session, ordinal, rater, seq),
  foreign key (project, session, ordinal) references session_item
);
create trigger append_only before update or delete on item_skip
  for each row execute function refuse_change();

-- What a person decided on an item whose raters do not agree; the last row counts.
create table adjudication (
  project ident not null references project,
  name ident not null,
  example ident not null,
  output_hash ident not null,
  seq bigint generated always as identity,
  value json not null,
  rationale text,
  who text not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (project, name, example, output_hash, seq)
);
create trigger append_only before update or delete on adjudication
  for each row execute function refuse_change();

-- What the database tells workflows, who did what, and what was answered before.

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

-- Who labelled, decided, opened and closed.
create table audit (
  project ident not null references project,
  seq bigint generated always as identity,
  at timestamptz not null default clock_timestamp(),
  who text not null,
  action ident not null,
  subject ident not null,
  detail json not null default '{}',
  primary key (project, seq)
);
create index audit_subject on audit (project, subject);
create trigger append_only before update or delete on audit
  for each row execute function refuse_change();

-- What was answered to a request that named a key, so that its repeat is answered the same and does nothing.
create table idempotent_request (
  project ident not null references project,
  key ident not null,
  body_hash ident not null,
  answer json,
  created_at timestamptz not null default now(),
  primary key (project, key)
);

-- Engines and the ledger of model replies.

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
  -- Keys of the fronts that hold the candidate, such as an example's id.
  fronts text[] not null default '{}',
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

-- What a cycle has spent is summed before each call that its budget counts: from the index alone.
create index model_reply_cycle on model_reply (project, cycle, created_at)
  include (price, input_tokens, output_tokens);

create sequence model_claim_holder as integer cycle;

create table model_claim (
  key ident primary key,
  -- Alive as long as a session holds the advisory lock (holder).
  holder integer not null,
  claimed_at timestamptz not null default clock_timestamp()
);

-- What endpoints were found to want otherwise, one row a model and subject.
create table model_dialect (
  endpoint text not null,
  model text not null,
  subject text not null,
  change json not null,
  -- The words of the refusal.
  said text not null,
  learned_at timestamptz not null default clock_timestamp(),
  primary key (endpoint, model, subject)
);

-- The gate, and the watch after a promotion: one observation a conversation, and what came of them.

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
  foreign key (project, judge) references scorer_version
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

create table watch (
  project ident not null,
  -- `<name>/<number>` of the cycle that promoted.
  cycle ident not null,
  policy json not null,
  state ident not null default 'running' check (state in ('running', 'failed', 'ended')),
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
  -- Whether the practice model had a part in the answer.
  practice boolean not null default false,
  asked_at timestamptz not null default clock_timestamp(),
  answered_at timestamptz,
  primary key (project, drive, turn),
  unique (project, trace),
  foreign key (project, drive) references drive,
  check ((status = 'pending') = (answered_at is null))
);
