import { join } from 'node:path';
import { z } from 'zod';
import { pythonWith, reportsOf } from '../peer.ts';

const ran = z.object({
  wall: z.coerce.number(),
  calls: z.unknown(),
  reported_metric_calls: z.unknown(),
  stats: z.object({ duplicates: z.number(), peak: z.number() }),
});

type Peer = {
  readonly tools: string;
  readonly folder: string;
  readonly port: number;
  readonly latencyMs: number;
  readonly budget: number;
  readonly log: (text: string) => void;
};

/** gepa 0.1.4 from PyPI on the task of the peer harness: one call at a time, and eight threads. */
export async function measureGepa({ tools, folder, port, latencyMs, budget, log }: Peer) {
  const python = await pythonWith(join(folder, 'venv'), ['gepa==0.1.4']);
  const place = join(folder, 'gepa');
  const of = async (threads: number) => {
    log(`gepa, threads ${threads}`);
    const options = { port, latency: latencyMs, budget, threads };
    const [first] = await reportsOf({ python, tools, script: 'g_gepa.py', place, options });
    const { wall, calls, reported_metric_calls: reported, stats } = ran.parse(first);
    return { wall, calls, reported, duplicates: stats.duplicates, peak: stats.peak };
  };
  return { sequential: await of(1), threads: await of(8) };
}
