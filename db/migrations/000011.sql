-- Traces from outside. What search reads of a trace stands beside it and is recomputed from its spans in the transaction that changes them.

alter table trace
  add name text not null default '',
  add session ident,
  -- Milliseconds since the epoch.
  add started double precision not null default extract(epoch from now()) * 1000,
  add latency_ms double precision,
  add input_tokens bigint,
  add output_tokens bigint;

update trace t set started = s.started, latency_ms = s.ended - s.started
from (
  select project, trace, min(started) as started, max(ended) as ended
  from span group by project, trace
) s
where s.project = t.project and s.trace = t.id;

create index trace_started on trace (project, started desc, id desc);
create index trace_session on trace (project, session) where session is not null;

-- A span is the same wherever it comes from. The ordinal is its place among those our agent recorded; received ones have none.
alter table span
  drop constraint span_pkey,
  add primary key (project, trace, id),
  alter ordinal drop not null,
  add session ident,
  add origin json;

create index label_trace on label (project, trace);
