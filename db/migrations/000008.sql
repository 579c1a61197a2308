-- A project may come into being before anybody names its salt: a worker that registers its agents makes it. A salt that was drawn
-- gives way to one that is named, until the first split.

alter table project add salt_drawn boolean not null default false;

create or replace function keep_split() returns trigger language plpgsql as $$
begin
  if (new.split_salt <> old.split_salt and not (old.salt_drawn and old.sealed_share is null))
    or (old.sealed_share is not null and new.sealed_share is distinct from old.sealed_share) then
    raise exception 'project %: split salt and sealed share are set once', old.name
      using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
