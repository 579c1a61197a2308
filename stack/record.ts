import { z } from 'zod';
import { readShaped, writePrivate } from './files.ts';
import { type ProcessIdentity, processIdentity } from './identity.ts';
import type { Layout } from './layout.ts';
import type { PartName } from './part.ts';

const recorded = z.record(z.string(), processIdentity);

/** The processes this stack has started, kept on disk so that a later start can end them should this process be killed. */
export type ProcessRecord = {
  readonly add: (part: PartName, identity: ProcessIdentity) => void;
  readonly remove: (part: PartName) => void;
};

export function createRecord(layout: Layout): ProcessRecord {
  const all = new Map<PartName, ProcessIdentity>();
  const write = () => writePrivate(layout.processes, JSON.stringify(Object.fromEntries(all)));
  return {
    add: (part, identity) => {
      all.set(part, identity);
      write();
    },
    remove: (part) => {
      all.delete(part);
      write();
    },
  };
}

/** What an earlier stack of this data folder has started, by part. */
export function readRecord(layout: Layout): Readonly<Record<string, ProcessIdentity>> {
  return readShaped(layout.processes, recorded) ?? {};
}
