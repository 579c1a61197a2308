-- What a cycle has spent is summed before each call that its budget counts: from the index alone.
drop index model_reply_cycle;
create index model_reply_cycle on model_reply (project, cycle, created_at)
  include (price, input_tokens, output_tokens);
