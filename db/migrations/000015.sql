-- What people need to label: links, skips, undo, further questions, adjudication; and who did what.

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

-- A withdrawn label repeats the value it takes back.
alter table label add column withdrawn boolean not null default false;
-- Answers to the further questions of a session, by name.
alter table label add column extras json;

alter table label_session add column questions json not null default '[]';
-- Of a session without a cycle: where its items' inputs stand, and what chose them.
alter table label_session add column dataset_version ident;
alter table label_session add column policy json;

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
