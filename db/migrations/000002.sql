-- Prompts with their aliases, and judges.

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

create table judge (
  project ident not null references project,
  name ident not null,
  created_at timestamptz not null default now(),
  primary key (project, name)
);

create table judge_version (
  project ident not null,
  id ident not null,
  judge ident not null,
  -- A fold is a version made to measure alignment itself; lists leave it out.
  kind ident not null check (kind in ('version', 'fold')),
  number integer not null,
  hash ident not null,
  definition json not null,
  memory json,
  created_at timestamptz not null default now(),
  primary key (project, id),
  unique (project, judge, kind, number),
  unique (project, judge, kind, hash),
  foreign key (project, judge) references judge
);

create trigger append_only before update or delete on judge_version
  for each row execute function refuse_change();
