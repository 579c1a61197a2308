-- The schema after all of db/migrations, written by `npm run schema:dump`. Do not edit.

create domain ident as text collate "C" CHECK ((VALUE <> ''::text));

CREATE OR REPLACE FUNCTION public.alias_agrees()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.keep_split()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if (new.split_salt <> old.split_salt and not (old.salt_drawn and old.sealed_share is null))
    or (old.sealed_share is not null and new.sealed_share is distinct from old.sealed_share) then
    raise exception 'project %: split salt and sealed share are set once', old.name
      using errcode = 'restrict_violation';
  end if;
  return new;
end
$function$;

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is append-only: % refused', tg_table_name, lower(tg_op)
    using errcode = 'restrict_violation', hint = 'Write a new row instead.';
end
$function$;

create sequence model_claim_holder as integer cycle;

create table adjudication (
  project ident not null,
  name ident not null,
  example ident not null,
  output_hash ident not null,
  seq bigint not null generated always as identity,
  value json not null,
  rationale text,
  who text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  PRIMARY KEY (project, name, example, output_hash, seq),
  FOREIGN KEY (project) REFERENCES project(name)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.adjudication FOR EACH ROW EXECUTE FUNCTION refuse_change();

create table agent (
  project ident not null,
  name ident not null,
  record json not null,
  seen_at timestamp with time zone not null default now(),
  PRIMARY KEY (project, name),
  FOREIGN KEY (project) REFERENCES project(name)
);

create table assessment (
  project ident not null,
  run ident not null,
  ordinal integer not null,
  scorer ident not null,
  repeat integer not null,
  name ident not null,
  value json,
  score double precision,
  rationale text,
  error json,
  source text not null,
  evidence json not null,
  PRIMARY KEY (project, run, ordinal, scorer, repeat),
  FOREIGN KEY (project, run, ordinal) REFERENCES rollout(project, run, ordinal)
);

create table audit (
  project ident not null,
  seq bigint not null generated always as identity,
  at timestamp with time zone not null default clock_timestamp(),
  who text not null,
  action ident not null,
  subject ident not null,
  detail json not null default '{}'::json,
  PRIMARY KEY (project, seq),
  FOREIGN KEY (project) REFERENCES project(name)
);
CREATE INDEX audit_subject ON public.audit USING btree (project, subject);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.audit FOR EACH ROW EXECUTE FUNCTION refuse_change();

create table budget (
  project ident not null,
  cycle ident not null,
  phase ident not null,
  limit_usd double precision,
  limit_tokens bigint,
  PRIMARY KEY (project, cycle, phase),
  FOREIGN KEY (project, cycle) REFERENCES cycle(project, key)
);

create table budget_reservation (
  project ident not null,
  cycle ident not null,
  work ident not null,
  usd double precision not null,
  tokens bigint not null,
  holder integer not null,
  reserved_at timestamp with time zone not null default clock_timestamp(),
  PRIMARY KEY (project, cycle, work),
  FOREIGN KEY (project, cycle) REFERENCES cycle(project, key)
);

create table cycle (
  project ident not null,
  key ident not null,
  name ident not null,
  number integer not null,
  kind ident not null default 'cycle'::text,
  spec json not null,
  policy_hash ident,
  state ident not null default 'running'::text,
  phase ident,
  outcome ident,
  verdict ident,
  dataset_version ident not null,
  base_judge ident not null,
  judge ident not null,
  scorers text[] not null default '{}'::text[],
  judge_report json,
  judge_kappa_lower double precision,
  optimize_report json,
  note text,
  incumbent json not null,
  finalist json,
  finalist_hash ident,
  agent_fingerprint ident,
  models json,
  gate_report json,
  pools ident,
  created_at timestamp with time zone not null default now(),
  ended_at timestamp with time zone,
  PRIMARY KEY (project, key),
  UNIQUE (project, name, number),
  FOREIGN KEY (project, base_judge) REFERENCES scorer_version(project, id),
  FOREIGN KEY (project, dataset_version) REFERENCES dataset_version(project, id),
  FOREIGN KEY (project) REFERENCES project(name),
  FOREIGN KEY (project, judge) REFERENCES scorer_version(project, id),
  FOREIGN KEY (project, pools) REFERENCES cycle(project, key),
  CHECK (((kind)::text = ANY (ARRAY['cycle'::text, 'optimize'::text, 'align'::text]))),
  CHECK (((state)::text = ANY (ARRAY['running'::text, 'failed'::text, 'ended'::text]))),
  CHECK (((verdict)::text = ANY (ARRAY['promote'::text, 'reject'::text, 'inconclusive'::text, 'unmeasurable'::text])))
);

create table cycle_phase (
  project ident not null,
  cycle ident not null,
  phase ident not null,
  seq bigint not null generated always as identity,
  note text not null,
  started_at timestamp with time zone not null default clock_timestamp(),
  ended_at timestamp with time zone,
  PRIMARY KEY (project, cycle, phase),
  FOREIGN KEY (project, cycle) REFERENCES cycle(project, key)
);

create table dataset (
  project ident not null,
  name ident not null,
  created_at timestamp with time zone not null default now(),
  PRIMARY KEY (project, name),
  FOREIGN KEY (project) REFERENCES project(name)
);

create table dataset_row (
  project ident not null,
  version ident not null,
  ordinal integer not null,
  example ident not null,
  hash ident not null,
  PRIMARY KEY (project, version, ordinal),
  UNIQUE (project, version, example),
  FOREIGN KEY (project, example, hash) REFERENCES example(project, id, hash),
  FOREIGN KEY (project, version) REFERENCES dataset_version(project, id)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.dataset_row FOR EACH ROW EXECUTE FUNCTION refuse_change();

create table dataset_version (
  project ident not null,
  dataset ident not null,
  number integer not null,
  id ident not null,
  hash ident not null,
  size integer not null,
  conversations integer not null,
  created_at timestamp with time zone not null default now(),
  PRIMARY KEY (project, id),
  UNIQUE (project, dataset, hash),
  UNIQUE (project, dataset, number),
  FOREIGN KEY (project, dataset) REFERENCES dataset(project, name)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.dataset_version FOR EACH ROW EXECUTE FUNCTION refuse_change();

create table drive (
  project ident not null,
  id ident not null,
  agent ident not null,
  prompts json not null,
  asking json not null,
  who text not null,
  created_at timestamp with time zone not null default now(),
  PRIMARY KEY (project, id),
  FOREIGN KEY (project) REFERENCES project(name)
);

create table drive_turn (
  project ident not null,
  drive ident not null,
  turn integer not null,
  message text not null,
  inputs json not null,
  versions json not null,
  trace ident not null,
  status ident not null default 'pending'::text,
  outputs json,
  error json,
  latency_ms double precision,
  price double precision,
  practice boolean not null default false,
  asked_at timestamp with time zone not null default clock_timestamp(),
  answered_at timestamp with time zone,
  PRIMARY KEY (project, drive, turn),
  UNIQUE (project, trace),
  FOREIGN KEY (project, drive) REFERENCES drive(project, id),
  CHECK ((((status)::text = 'pending'::text) = (answered_at IS NULL))),
  CHECK (((status)::text = ANY (ARRAY['pending'::text, 'ok'::text, 'failed'::text, 'missing'::text]))),
  CHECK ((turn > 0))
);

create table engine_reply (
  project ident not null,
  run ident not null,
  ask ident not null,
  reply json not null,
  created_at timestamp with time zone not null default now(),
  PRIMARY KEY (project, run, ask),
  FOREIGN KEY (project) REFERENCES project(name)
);

create table engine_step (
  project ident not null,
  run ident not null,
  turn integer not null,
  state json not null,
  events json not null,
  asks json not null,
  done boolean not null,
  result json,
  from_ordinal integer not null,
  to_ordinal integer not null,
  created_at timestamp with time zone not null default now(),
  PRIMARY KEY (project, run, turn),
  FOREIGN KEY (project) REFERENCES project(name)
);

create table example (
  project ident not null,
  id ident not null,
  hash ident not null,
  conversation ident not null,
  inputs json not null,
  outputs json,
  output_hash ident,
  expectations json,
  tags jsonb not null,
  source json,
  PRIMARY KEY (project, id, hash),
  FOREIGN KEY (project) REFERENCES project(name)
);
CREATE INDEX example_conversation ON public.example USING btree (project, conversation);

create table gate_look (
  key ident not null,
  project ident not null,
  cycle ident not null,
  look integer not null,
  created_at timestamp with time zone not null default now(),
  PRIMARY KEY (key, project, cycle)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.gate_look FOR EACH ROW EXECUTE FUNCTION refuse_change();

create table gold (
  project ident not null,
  dataset ident not null,
  example ident not null,
  value jsonb not null,
  PRIMARY KEY (project, dataset, example),
  FOREIGN KEY (project, dataset) REFERENCES dataset(project, name)
);

create table idempotent_request (
  project ident not null,
  key ident not null,
  body_hash ident not null,
  answer json,
  created_at timestamp with time zone not null default now(),
  PRIMARY KEY (project, key),
  FOREIGN KEY (project) REFERENCES project(name)
);

create table item_skip (
  project ident not null,
  session ident not null,
  ordinal integer not null,
  rater ident not null,
  seq bigint not null generated always as identity,
  reason text,
  created_at timestamp with time zone not null default clock_timestamp(),
  PRIMARY KEY (project, session, ordinal, rater, seq),
  FOREIGN KEY (project, session, ordinal) REFERENCES session_item(project, session, ordinal)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.item_skip FOR EACH ROW EXECUTE FUNCTION refuse_change();

create table label (
  project ident not null,
  id ident not null,
  seq bigint not null generated always as identity,
  name ident not null,
  rater ident not null,
  trace ident not null,
  example ident not null,
  output_hash ident not null,
  value json not null,
  rationale text,
  session ident,
  late boolean not null,
  extras json,
  withdrawn boolean not null default false,
  supersedes ident,
  created_at timestamp with time zone not null default clock_timestamp(),
  PRIMARY KEY (project, id),
  FOREIGN KEY (project) REFERENCES project(name),
  FOREIGN KEY (project, supersedes) REFERENCES label(project, id)
);
CREATE UNIQUE INDEX label_first ON public.label USING btree (project, name, rater, example, output_hash) WHERE (supersedes IS NULL);
CREATE UNIQUE INDEX label_next ON public.label USING btree (project, supersedes) WHERE (supersedes IS NOT NULL);
CREATE INDEX label_session_idx ON public.label USING btree (project, session);
CREATE INDEX label_trace ON public.label USING btree (project, trace);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.label FOR EACH ROW EXECUTE FUNCTION refuse_change();

create table label_session (
  project ident not null,
  id ident not null,
  cycle ident,
  kind ident not null default 'round'::text,
  round integer not null,
  judge ident not null,
  judge_version ident not null,
  raters_per_item integer not null,
  minimum integer not null,
  target integer not null,
  deadline timestamp with time zone,
  questions json not null default '[]'::json,
  dataset_version ident,
  policy json,
  state ident not null default 'open'::text,
  ended_by ident,
  created_at timestamp with time zone not null default now(),
  closed_at timestamp with time zone,
  PRIMARY KEY (project, id),
  UNIQUE (project, cycle, kind, round),
  FOREIGN KEY (project) REFERENCES project(name),
  FOREIGN KEY (project, judge_version) REFERENCES scorer_version(project, id),
  CHECK (((kind)::text = ANY (ARRAY['round'::text, 'check'::text]))),
  CHECK (((state)::text = ANY (ARRAY['open'::text, 'closed'::text])))
);

create table membership (
  project ident not null,
  conversation ident not null,
  seq bigint not null generated always as identity,
  part ident not null,
  pinned boolean not null,
  near_group ident not null,
  created_at timestamp with time zone not null default now(),
  PRIMARY KEY (project, conversation),
  FOREIGN KEY (project) REFERENCES project(name),
  CHECK (((part)::text = ANY (ARRAY['align-labels'::text, 'judge-test'::text, 'train'::text, 'validation'::text, 'sealed'::text])))
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.membership FOR EACH ROW EXECUTE FUNCTION refuse_change();

create table model_claim (
  key ident not null,
  holder integer not null,
  claimed_at timestamp with time zone not null default clock_timestamp(),
  PRIMARY KEY (key)
);

create table model_dialect (
  endpoint text not null,
  model text not null,
  subject text not null,
  change json not null,
  said text not null,
  learned_at timestamp with time zone not null default clock_timestamp(),
  PRIMARY KEY (endpoint, model, subject)
);

create table model_reply (
  key ident not null,
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
  reused integer not null default 0,
  created_at timestamp with time zone not null default clock_timestamp(),
  PRIMARY KEY (key)
);
CREATE INDEX model_reply_cycle ON public.model_reply USING btree (project, cycle, created_at) INCLUDE (price, input_tokens, output_tokens);

create table optimizer_candidate (
  project ident not null,
  run ident not null,
  hash ident not null,
  "position" integer not null,
  parents text[] not null,
  prompts json not null,
  validation double precision,
  fronts text[] not null default '{}'::text[],
  discovered_at integer not null,
  length integer not null,
  PRIMARY KEY (project, run, hash),
  FOREIGN KEY (project) REFERENCES project(name)
);

create table outbox (
  id bigint not null generated always as identity,
  project ident not null,
  kind ident not null,
  subject ident not null,
  payload json not null,
  created_at timestamp with time zone not null default now(),
  delivered_at timestamp with time zone,
  PRIMARY KEY (id),
  UNIQUE (project, kind, subject),
  FOREIGN KEY (project) REFERENCES project(name)
);
CREATE INDEX outbox_waiting ON public.outbox USING btree (id) WHERE (delivered_at IS NULL);

create table project (
  name ident not null,
  split_salt text not null,
  salt_drawn boolean not null default false,
  sealed_share double precision,
  created_at timestamp with time zone not null default now(),
  PRIMARY KEY (name)
);
CREATE TRIGGER keep_split BEFORE UPDATE ON public.project FOR EACH ROW EXECUTE FUNCTION keep_split();

create table prompt (
  project ident not null,
  name ident not null,
  created_at timestamp with time zone not null default now(),
  PRIMARY KEY (project, name),
  FOREIGN KEY (project) REFERENCES project(name)
);

create table prompt_alias (
  project ident not null,
  prompt ident not null,
  alias ident not null,
  number integer not null,
  PRIMARY KEY (project, prompt, alias),
  FOREIGN KEY (project, prompt, number) REFERENCES prompt_version(project, prompt, number)
);
CREATE CONSTRAINT TRIGGER history_agrees AFTER INSERT OR UPDATE ON public.prompt_alias DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION alias_agrees();
CREATE TRIGGER no_delete BEFORE DELETE ON public.prompt_alias FOR EACH ROW EXECUTE FUNCTION refuse_change();

create table prompt_alias_move (
  project ident not null,
  prompt ident not null,
  alias ident not null,
  seq bigint not null generated always as identity,
  from_number integer,
  to_number integer not null,
  who text not null,
  why text not null,
  cycle ident,
  evidence text,
  override boolean not null,
  rollback boolean not null,
  at timestamp with time zone not null default now(),
  PRIMARY KEY (project, prompt, alias, seq),
  FOREIGN KEY (project, prompt, to_number) REFERENCES prompt_version(project, prompt, number)
);
CREATE CONSTRAINT TRIGGER alias_agrees AFTER INSERT ON public.prompt_alias_move DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION alias_agrees();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.prompt_alias_move FOR EACH ROW EXECUTE FUNCTION refuse_change();

create table prompt_version (
  project ident not null,
  prompt ident not null,
  number integer not null,
  hash ident not null,
  text text not null,
  variables text[] not null,
  message text,
  parent integer,
  cycle ident,
  models json,
  created_at timestamp with time zone not null default now(),
  PRIMARY KEY (project, prompt, number),
  UNIQUE (project, prompt, hash),
  FOREIGN KEY (project, prompt) REFERENCES prompt(project, name)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.prompt_version FOR EACH ROW EXECUTE FUNCTION refuse_change();

create table rater_link (
  project ident not null,
  id ident not null,
  session ident not null,
  rater ident not null,
  expires_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  created_by text not null,
  created_at timestamp with time zone not null default now(),
  PRIMARY KEY (project, id),
  FOREIGN KEY (project, session) REFERENCES label_session(project, id)
);
CREATE INDEX rater_link_session ON public.rater_link USING btree (project, session);

create table report (
  project ident not null,
  cycle ident not null,
  report json not null,
  evidence_hash ident not null,
  created_at timestamp with time zone not null default now(),
  PRIMARY KEY (project, cycle),
  FOREIGN KEY (project, cycle) REFERENCES cycle(project, key)
);

create table retirement (
  project ident not null,
  conversation ident not null,
  who text not null,
  at timestamp with time zone not null default now(),
  PRIMARY KEY (project, conversation),
  FOREIGN KEY (project, conversation) REFERENCES membership(project, conversation)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.retirement FOR EACH ROW EXECUTE FUNCTION refuse_change();

create table rollout (
  project ident not null,
  run ident not null,
  ordinal integer not null,
  arm ident not null,
  example ident not null,
  trial integer not null,
  status ident not null,
  outputs json,
  output_hash ident,
  trace ident,
  error json,
  latency_ms double precision,
  price double precision,
  PRIMARY KEY (project, run, ordinal),
  UNIQUE (project, run, arm, example, trial),
  FOREIGN KEY (project, run, arm) REFERENCES run_arm(project, run, arm),
  CHECK (((status)::text = ANY (ARRAY['pending'::text, 'ok'::text, 'failed'::text, 'missing'::text])))
);
CREATE INDEX rollout_trace ON public.rollout USING btree (project, trace) WHERE (trace IS NOT NULL);

create table run (
  project ident not null,
  name ident not null,
  kind ident not null,
  cycle ident,
  spec json,
  dataset_version ident not null,
  primary_scorer ident not null,
  agent ident not null,
  agent_fingerprint ident not null,
  models json not null,
  git_commit text,
  planned integer not null default 0,
  attempt integer not null default 0,
  created_at timestamp with time zone not null default now(),
  PRIMARY KEY (project, name),
  FOREIGN KEY (project, cycle) REFERENCES cycle(project, key),
  FOREIGN KEY (project, dataset_version) REFERENCES dataset_version(project, id),
  FOREIGN KEY (project, primary_scorer) REFERENCES scorer_version(project, id),
  CHECK (((kind)::text = ANY (ARRAY['evaluate'::text, 'verdicts'::text, 'judge-test'::text, 'baseline'::text, 'optimize'::text, 'gate'::text, 'watch'::text]))),
  CHECK (((cycle IS NULL) = (spec IS NOT NULL)))
);

create table run_arm (
  project ident not null,
  run ident not null,
  arm ident not null,
  hash ident not null,
  prompts json not null,
  PRIMARY KEY (project, run, arm),
  FOREIGN KEY (project, run) REFERENCES run(project, name)
);

create table run_scorer (
  project ident not null,
  run ident not null,
  scorer ident not null,
  "position" integer not null,
  PRIMARY KEY (project, run, scorer),
  UNIQUE (project, run, "position"),
  FOREIGN KEY (project, run) REFERENCES run(project, name),
  FOREIGN KEY (project, scorer) REFERENCES scorer_version(project, id)
);

create table schema_migration (
  version integer not null,
  applied_at timestamp with time zone not null default now(),
  PRIMARY KEY (version)
);

create table scorer (
  project ident not null,
  name ident not null,
  created_at timestamp with time zone not null default now(),
  PRIMARY KEY (project, name),
  FOREIGN KEY (project) REFERENCES project(name)
);

create table scorer_version (
  project ident not null,
  id ident not null,
  scorer ident not null,
  kind ident not null,
  number integer not null,
  hash ident not null,
  definition json not null,
  memory json,
  created_at timestamp with time zone not null default now(),
  PRIMARY KEY (project, id),
  UNIQUE (project, scorer, kind, hash),
  UNIQUE (project, scorer, kind, number),
  FOREIGN KEY (project, scorer) REFERENCES scorer(project, name),
  CHECK (((kind)::text = ANY (ARRAY['version'::text, 'fold'::text, 'trial'::text])))
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.scorer_version FOR EACH ROW EXECUTE FUNCTION refuse_change();

create table sealed_freeze (
  project ident not null,
  cycle ident not null,
  run ident not null,
  dataset_version ident not null,
  judge ident not null,
  incumbent_hash ident not null,
  finalist_hash ident not null,
  examples text[] not null,
  policy_hash ident not null,
  frozen_hash ident not null,
  look integer not null,
  created_at timestamp with time zone not null default now(),
  PRIMARY KEY (project, cycle),
  FOREIGN KEY (project, cycle) REFERENCES cycle(project, key),
  FOREIGN KEY (project, judge) REFERENCES scorer_version(project, id)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.sealed_freeze FOR EACH ROW EXECUTE FUNCTION refuse_change();

create table session_item (
  project ident not null,
  session ident not null,
  ordinal integer not null,
  trace ident not null,
  example ident not null,
  output_hash ident not null,
  weight double precision,
  reason text not null,
  PRIMARY KEY (project, session, ordinal),
  UNIQUE (project, session, example, output_hash),
  FOREIGN KEY (project, session) REFERENCES label_session(project, id)
);
CREATE INDEX session_item_example ON public.session_item USING btree (project, example, output_hash);
CREATE INDEX session_item_trace ON public.session_item USING btree (project, trace);

create table signing_key (
  project ident not null,
  key text not null,
  PRIMARY KEY (project),
  FOREIGN KEY (project) REFERENCES project(name)
);

create table span (
  project ident not null,
  trace ident not null,
  ordinal integer,
  id ident not null,
  parent ident,
  name text not null,
  kind ident not null,
  started double precision not null,
  ended double precision not null,
  status ident not null,
  message text,
  inputs json not null,
  outputs json not null,
  usage json,
  attributes json not null,
  session ident,
  origin json,
  PRIMARY KEY (project, trace, id),
  FOREIGN KEY (project, trace) REFERENCES trace(project, id) ON DELETE CASCADE,
  CHECK (((status)::text = ANY (ARRAY['OK'::text, 'ERROR'::text])))
);

create table stored_text (
  project ident not null,
  hash ident not null,
  text text not null,
  PRIMARY KEY (project, hash),
  FOREIGN KEY (project) REFERENCES project(name)
);

create table trace (
  project ident not null,
  id ident not null,
  run ident,
  status ident not null,
  name text not null default ''::text,
  session ident,
  started double precision not null default (EXTRACT(epoch FROM now()) * (1000)::numeric),
  latency_ms double precision,
  input_tokens bigint,
  output_tokens bigint,
  inputs json not null,
  outputs json not null,
  tags jsonb not null default '{}'::jsonb,
  created_at timestamp with time zone not null default now(),
  PRIMARY KEY (project, id),
  FOREIGN KEY (project) REFERENCES project(name),
  CHECK (((status)::text = ANY (ARRAY['OK'::text, 'ERROR'::text])))
);
CREATE INDEX trace_run ON public.trace USING btree (project, run);
CREATE INDEX trace_session ON public.trace USING btree (project, session) WHERE (session IS NOT NULL);
CREATE INDEX trace_started ON public.trace USING btree (project, started DESC, id DESC);

create table watch (
  project ident not null,
  cycle ident not null,
  policy json not null,
  state ident not null default 'running'::text,
  outcome ident,
  why text,
  started_at timestamp with time zone not null default now(),
  ends_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  PRIMARY KEY (project, cycle),
  FOREIGN KEY (project, cycle) REFERENCES cycle(project, key),
  CHECK (((outcome)::text = ANY (ARRAY['rolled-back'::text, 'held'::text, 'superseded'::text, 'stopped'::text]))),
  CHECK (((state)::text = ANY (ARRAY['running'::text, 'failed'::text, 'ended'::text])))
);

create table watch_observation (
  project ident not null,
  cycle ident not null,
  seq bigint not null generated always as identity,
  conversation ident not null,
  kind ident not null,
  difference double precision not null,
  tolerance double precision not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  PRIMARY KEY (project, cycle, conversation),
  FOREIGN KEY (project, cycle) REFERENCES watch(project, cycle),
  CHECK (((difference >= ('-1'::integer)::double precision) AND (difference <= (1)::double precision))),
  CHECK (((kind)::text = ANY (ARRAY['pair'::text, 'traffic'::text]))),
  CHECK (((tolerance >= (0)::double precision) AND (tolerance <= (1)::double precision)))
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.watch_observation FOR EACH ROW EXECUTE FUNCTION refuse_change();
