import { z } from 'zod';
import { readShaped, writePrivate } from './files.ts';
import type { Layout } from './layout.ts';

const port = z.int().positive().optional();
const shape = z.object({ postgres: port, temporal: port, ui: port, server: port });
export type RememberedPorts = z.infer<typeof shape>;

/** The ports the stack of this data folder had last, so that links and connections outlive a restart where they can. */
export function loadPorts(layout: Layout): RememberedPorts {
  return readShaped(layout.ports, shape) ?? {};
}

export function savePorts(layout: Layout, ports: RememberedPorts): void {
  writePrivate(layout.ports, JSON.stringify({ ...loadPorts(layout), ...ports }));
}
