import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { startMock } from '../../bench/mock.ts';
import { standsAt } from '../../db/versions/aliases.ts';
import { CLONE } from '../../stack/layout.ts';
import { runCycle } from './cycle.ts';
import { crashSpec } from './spec.ts';
import { startTestStack } from './stack.ts';

const TOOLS = join(process.env['ATTUNE_SHARED'] ?? join(CLONE, '..', 'shared'), 'tools');
const skip = !existsSync(join(TOOLS, 'mock_openai.mjs'))
  ? 'ATTUNE_SHARED holds no tools/mock_openai.mjs'
  : process.env['ATTUNE_LONG'] === '1'
    ? false
    : 'takes a minute or two; set ATTUNE_LONG=1';

/** Split salts, fixed before anything was run. */
const SALTS = ['noise-1', 'noise-2', 'noise-3'];

test(
  'on pure noise no cycle claims a lift, and production stays where it is',
  { skip },
  async (t) => {
    // The mock answers by the hash of what it is asked: agent, judge and reflection model know nothing.
    const mock = await startMock(TOOLS, 0);
    const env = {
      OPENAI_BASE_URL: `http://127.0.0.1:${mock.port}/v1`,
      OPENAI_API_KEY: 'mock',
      ATTUNE_MODEL: 'mock',
    };
    try {
      for (const salt of SALTS) {
        const stack = await startTestStack({ env });
        try {
          const folder = dirname(stack.dataDir);
          const prompt = join(folder, 'router.md');
          writeFileSync(prompt, 'Route the message. LABELS: billing, plans, devices, technical');
          // A gate that trusted such a judge is the harder case: it must find no gain by itself.
          const gate = { judgeFloor: -1, trials: 2, delta: 0.1 };
          const optimize = { seed: 7, budget: 200 };
          const spec = crashSpec(folder, { prompts: { router: prompt }, gate, optimize });
          const { cli, name, report } = await runCycle({ stack, spec, salt });
          const lead = report.optimize?.why ?? 'no search';
          t.diagnostic(`${salt}: ${report.outcome}, verdict ${report.verdict ?? 'none'}; ${lead}`);
          assert.notEqual(report.outcome, 'promoted');
          assert.notEqual(report.verdict, 'promote');
          const db = await cli.connections.database();
          const at = { project: name.project, prompt: 'router', alias: 'production' };
          assert.equal(await standsAt(db, at), 1);
        } finally {
          await stack.close();
        }
      }
    } finally {
      await mock.end();
    }
  },
);
