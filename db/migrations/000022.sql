-- Answers of test drives that the practice model had a part in.
alter table drive_turn add practice boolean not null default false;
