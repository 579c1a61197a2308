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
