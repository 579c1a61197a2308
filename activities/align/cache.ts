import type { Alignment } from './prepare.ts';
import { keepRecent } from '../recent.ts';

/** Loaded alignments by project and name. What an alignment works on is frozen, so each process reads it once. */
export type Alignments = (key: string, load: () => Promise<Alignment>) => Promise<Alignment>;

const MOST = 4;

export const createAlignments = (): Alignments => keepRecent<Promise<Alignment>>(MOST);
