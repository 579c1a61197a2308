-- Limits of one phase beside those of the whole cycle.
alter table budget_reservation drop constraint budget_reservation_project_cycle_fkey;
alter table budget add column phase ident not null default 'all';
alter table budget drop constraint budget_pkey;
alter table budget add primary key (project, cycle, phase);
alter table budget alter column phase drop default;
alter table budget_reservation add foreign key (project, cycle) references cycle (project, key);
