-- Runs that stand alone, without a cycle, and runs with several judges.

alter table run alter cycle drop not null;
-- What a run that stands alone was asked to do; a cycle's runs have the spec of their cycle.
alter table run add spec json;
alter table run add constraint run_owner check ((cycle is null) = (spec is not null));
-- How often what had failed was asked for again.
alter table run add attempt integer not null default 0;

-- The judges of a run; the first stands in the run too.
create table run_judge (
  project ident not null,
  run ident not null,
  judge ident not null,
  position integer not null,
  primary key (project, run, judge),
  unique (project, run, position),
  foreign key (project, run) references run,
  foreign key (project, judge) references judge_version
);

insert into run_judge (project, run, judge, position) select project, name, judge, 0 from run;
