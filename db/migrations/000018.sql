-- Fresh conversations pooled with an inconclusive part, for the same finalist.

-- `<name>/<number>` of the inconclusive cycle whose finalist is gated again, as the next look.
alter table cycle add pools ident;
alter table cycle add foreign key (project, pools) references cycle;
