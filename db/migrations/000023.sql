-- A watch whose workflow failed says so, and why, until somebody starts it again.

alter table watch drop constraint watch_state_check;
alter table watch add check (state in ('running', 'failed', 'ended'));
