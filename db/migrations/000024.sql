-- Money that a call has set aside is held by the database session of its worker, as its claim in the ledger is: a worker that was killed
-- holds nothing. 0: set aside by a worker of before, whose session is not known.
alter table budget_reservation
  add holder integer not null default 0,
  add reserved_at timestamptz not null default clock_timestamp();
