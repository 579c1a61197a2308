import { sql } from 'kysely';

/** Condition on the table `label l`: neither taken back nor superseded. */
export const STANDING_LABEL = sql<boolean>`(not l.withdrawn
  and not exists (select from label n where n.project = l.project and n.supersedes = l.id))`;
