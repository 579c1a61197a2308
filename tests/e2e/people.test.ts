import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { workflowIdOf } from '../../operations/cycle/reference.ts';
import { PHASES } from '../../contracts/progress.ts';
import { listAudit } from '../../db/audit.ts';
import { listLabels } from '../../db/labels/labels.ts';
import { listItems } from '../../db/labels/items.ts';
import { itemKey } from '../../domain/label/consensus.ts';
import { attuneHere } from '../client/cli.ts';
import { NO_BROWSER, type Person } from '../server/browser.ts';
import { type Answering, allSaved, labelOne, openLabelPage } from '../server/rater-page.ts';
import { askProgress, begin, type StartedCycle, within } from './cycle.ts';
import { historiesOf } from './histories.ts';
import { phase, reach } from './promoted.ts';
import { crashSpec } from './spec.ts';
import { startTestStack } from './stack.ts';

const ITEMS = 30;
const RATERS = ['ana', 'ben'] as const;
type Rater = (typeof RATERS)[number];

/** Two of three are right; a reason for every fifth, by the number of the item. */
const answering = (rater: Rater): Answering => ({
  choice: (item) => (item % 3 === 0 ? '2' : '1'),
  reason: (item) => (item % 5 === 0 ? `${rater} on ${item}` : null),
  last: ITEMS,
});

test(
  'two raters label thirty items each by keyboard, one reloading, one without network for a while: the waiting cycle goes on by itself, nothing is lost or doubled',
  { skip: NO_BROWSER, timeout: 180_000 },
  async (t) => {
    const stack = await startTestStack();
    t.after(() => stack.close());
    const label = { raters: 2, minimum: 20, target: RATERS.length * ITEMS, deadline: '7d' };
    const spec = crashSpec(dirname(stack.dataDir), { label });
    const started = await begin({ stack, spec, salt: 'crash-2' });
    const { session } = await phase(started, 'label');
    const [ana, ben] = await pagesOf(started, session!);
    const begun = performance.now();
    await Promise.all([anaLabels(ana), benLabels(ben)]);
    await Promise.all([allSaved(ana), allSaved(ben)]);
    t.diagnostic(`60 labels in ${Math.round(performance.now() - begun)} ms`);
    assert.deepEqual(ana.faults, []);

    await t.test('the cycle has left the phase, and nobody told it to', async () => {
      const after = await reach('the phase after label', async () => {
        const at = await askProgress(started);
        return at !== null && at.phase !== 'label' ? at : null;
      });
      assert.ok(PHASES.indexOf(after.phase) > PHASES.indexOf('label'), after.phase);
      const client = await started.cli.connections.temporal();
      const child = client.workflow.getHandle(`${workflowIdOf(started.name)}/label`);
      const until = performance.now() + 10_000;
      const ended = await within(child.result(), {
        until,
        what: async () => 'the end of the wait',
      });
      assert.equal((ended as { ended: string }).ended, 'target');
      const [waiting] = (await historiesOf(client, workflowIdOf(started.name))).filter(
        ({ type }) => type === 'labelWorkflow',
      );
      const events = waiting?.history.events ?? [];
      const signals = events.filter((event) => event.workflowExecutionSignaledEventAttributes);
      assert.equal(signals.length, 1, 'sixty labels, one signal');
      assert.ok(events.length < 30, `${events.length} events`);
    });

    await t.test('sixty labels are stored, each once, as they were given', async () => {
      const db = await started.cli.connections.database();
      const at = { project: started.name.project, session: session! };
      const items = (await listItems(db, at)).slice(0, ITEMS);
      const numbers = new Map(items.map((item, index) => [itemKey(item), index + 1]));
      const labels = await listLabels(db, at);
      assert.equal(labels.length, RATERS.length * ITEMS, 'no label twice, none superseded');
      assert.equal(
        new Set(labels.map((row) => `${itemKey(row)} ${row.rater}`)).size,
        labels.length,
      );
      for (const { rater, value, rationale, late, ...row } of labels) {
        const item = numbers.get(itemKey(row))!;
        const wanted = answering(rater as Rater);
        assert.deepEqual(
          [value, rationale, late],
          [wanted.choice(item) === '1', wanted.reason(item), false],
          `${rater} on ${item}`,
        );
      }
      const audit = await listAudit(db, { project: at.project, subject: session! });
      for (const rater of RATERS) {
        const own = audit.filter(({ who, action }) => who === rater && action === 'label');
        assert.equal(own.length, ITEMS, `${rater} in the audit`);
      }
    });
  },
);

/** Both raters at their pages, by the links that the command line made. */
async function pagesOf({ cli }: StartedCycle, session: string): Promise<[Person, Person]> {
  const raters = RATERS.flatMap((rater) => ['--rater', rater]);
  const made = await attuneHere(['label', 'links', session, ...raters, '--json'], cli.env.all);
  assert.equal(made.code, 0, made.err);
  const [ana, ben] = (JSON.parse(made.out) as readonly { url: string }[]).map(({ url }) => url);
  return Promise.all([openLabelPage(ana!), openLabelPage(ben!, { phone: true })]);
}

async function anaLabels(person: Person): Promise<void> {
  const { page } = person;
  for (let n = 1; n <= ITEMS; n++) {
    if (n === 13) {
      await page.keyboard.press('2');
      await page.keyboard.press('r');
      await page.keyboard.type('half a thought');
      await page.reload();
      await page.getByRole('heading', { name: /^Item 13 of/ }).waitFor();
      assert.equal(await page.locator('#rationale').inputValue(), 'half a thought');
      assert.ok(await page.getByRole('radio', { name: 'no' }).isChecked());
      await page.locator('#rationale').fill('');
      await page.locator('h1').focus();
    }
    await labelOne(person, answering('ana'));
  }
}

async function benLabels(person: Person): Promise<void> {
  for (let n = 1; n <= ITEMS; n++) {
    if (n === 9) {
      // With each answer that is saved come the items after it: those for the time without network are here.
      await allSaved(person);
      await person.context.setOffline(true);
    }
    if (n === 15) {
      await person.page.getByText(/answers wait on this device/).waitFor();
      await person.context.setOffline(false);
    }
    await labelOne(person, answering('ben'));
  }
}
