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
  -- Set by the first split: the share of draws below which a conversation is sealed.
  sealed_share double precision,
  created_at timestamptz not null default now()
);

create function keep_split() returns trigger language plpgsql as $$
begin
  if new.split_salt <> old.split_salt
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
