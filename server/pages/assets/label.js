// The labelling page. State is small: which item is shown, what was typed, what waits to be sent.
import { h, shown, trace } from './dom.js';
import { answerForm } from './label-form.js';
import { createDialogs } from './label-dialogs.js';
import { labelFrame } from './label-frame.js';
import { listenToKeys } from './label-keys.js';
import { arrivedLately, call, createQueue, loadDraft, saveDraft } from './label-store.js';

const KEPT_AHEAD = 10;
const start = JSON.parse(document.querySelector('#start').textContent);
const { view } = start;
const answers = [...view.answers];
const items = new Map(start.items.map((item) => [item.ordinal, item]));
/** What this rater has said here, by item: the server may have made an item, or the page, before it knew. */
const given = new Map();
const undone = [];
let at = start.start;

const letter = (answer) => (answer === null ? '.' : answer.skip === undefined ? 'l' : 's');
const answerIn = (item) =>
  item.label !== null ? { ...item.label } : item.skip !== null ? { skip: item.skip } : null;
const openAfter = (from) => {
  const order = [...answers.keys()];
  return [...order.slice(from + 1), ...order.slice(0, from + 1)].filter((n) => answers[n] === '.');
};

const missingAhead = () =>
  openAfter(at)
    .slice(0, KEPT_AHEAD)
    .filter((ordinal) => !items.has(ordinal));

const status = h('p', { class: 'hint', role: 'status' });
const notice = h('p', { class: 'notice', role: 'alert', hidden: true });
const progress = h('progress', { max: String(answers.length), 'aria-label': 'Items answered' });
const count = h('span', { class: 'count' });
const heading = h('h1', { tabindex: '-1' });
const content = h('div', { class: 'content' });
const form = answerForm(view, (draft) => saveDraft(at, draft));
const submitButton = h(
  'button',
  { class: 'primary', onclick: submit, title: 'Ctrl+Enter' },
  'Submit',
);
const dialogs = createDialogs({ onSkip: (reason) => answerWith({ skip: reason }) });

const queue = createQueue(missingAhead, {
  waiting(waitingCount, error) {
    if (error?.status === 401) tell(`${error.message} What you typed is kept on this device.`);
    status.textContent =
      waitingCount === 0
        ? 'Everything is saved.'
        : error === null
          ? 'Saving …'
          : `${waitingCount === 1 ? 'One answer waits' : `${waitingCount} answers wait`} on this device; sent as soon as the server can be reached.`;
  },
  arrived(entry, reply) {
    for (const item of reply.items) keepItem(item);
    // What was typed since stays a draft.
    if (JSON.stringify(loadDraft(entry.ordinal)) === JSON.stringify(entry.answer))
      saveDraft(entry.ordinal, null);
    if (reply.late) tell('This session has ended: your answer was kept, and is marked as late.');
    if (content.dataset.waits === 'yes') void show(at);
  },
  refused(entry, error) {
    const anew = queue.entries().some(({ ordinal }) => ordinal === entry.ordinal);
    if (!anew) {
      given.delete(entry.ordinal);
      answers[entry.ordinal] = '.';
      count.textContent = countText();
    }
    tell(`Item ${entry.ordinal + 1} was not saved: ${error.message}`);
  },
});

function tell(text) {
  notice.textContent = text;
  notice.hidden = false;
}

function keepItem(item) {
  const said = given.get(item.ordinal);
  items.set(item.ordinal, said === undefined ? item : withAnswer(item, said));
}

function say(ordinal, answer) {
  answers[ordinal] = letter(answer);
  given.set(ordinal, answer);
  if (items.has(ordinal)) keepItem(items.get(ordinal));
}

const withAnswer = (item, answer) => ({
  ...item,
  label:
    answer !== null && answer.skip === undefined
      ? { rationale: null, extras: null, ...answer }
      : null,
  skip: answer?.skip ?? null,
});

function countText() {
  const skipped = answers.filter((mark) => mark === 's').length;
  const labelled = answers.filter((mark) => mark === 'l').length;
  progress.value = skipped + labelled;
  return `${labelled} of ${answers.length} labelled${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** Shows an item, asking for it where it is not here yet. */
async function show(ordinal, { focus = false } = {}) {
  at = ordinal;
  count.textContent = countText();
  const done = !answers.includes('.');
  const state = { '.': '', l: ', labelled', s: ', skipped' }[answers[ordinal]];
  heading.textContent = `Item ${ordinal + 1} of ${answers.length}${state}`;
  if (done)
    tell(
      'All items are answered. Thank you; you can close this page, or go back with the arrow keys.',
    );
  awaitItem(!items.has(ordinal));
  // A rater may write before a late item is here: that is its draft, and the focus stays where they have put it.
  fillForm();
  if (focus) {
    heading.focus({ preventScroll: true });
    scrollTo({ top: 0 });
  }
  if (!items.has(ordinal)) await fetchItems([ordinal]);
  if (at !== ordinal) return;
  const item = items.get(ordinal);
  awaitItem(item === undefined);
  if (item === undefined)
    content.replaceChildren(
      h('p', { class: 'empty' }, 'This item comes as soon as the server can be reached.'),
    );
  else
    content.replaceChildren(
      part('Given', shown(item.inputs)),
      part('Answered', shown(item.outputs)),
      ...(item.spans.length > 0
        ? [trace(item.spans, (span) => call(`/items/${ordinal}/spans/${encodeURIComponent(span)}`))]
        : []),
      ...(item.skip === null ? [] : [h('p', { class: 'hint' }, `You skipped it: ${item.skip}`)]),
    );
  fillForm();
}

const fillForm = () => form.fill(loadDraft(at) ?? items.get(at)?.label ?? null);

/** Until the item is here nothing can be submitted: what still stands on the page is another one. */
function awaitItem(waits) {
  content.dataset.waits = waits ? 'yes' : 'no';
  submitButton.disabled = waits;
}

const part = (title, body) => h('section', { class: 'card' }, h('h2', {}, title), body);

async function fetchItems(ordinals) {
  if (ordinals.length === 0) return;
  try {
    const reply = await call(`/items?ordinals=${ordinals.join(',')}`);
    for (const item of reply.items) keepItem(item);
  } catch (error) {
    if (error.status === 401) tell(error.message);
    else
      setTimeout(() => {
        if (content.dataset.waits === 'yes') void show(at);
      }, 3_000);
  }
}

function submit() {
  if (submitButton.disabled) return;
  const { value, rationale, extras } = form.read();
  if (value === null) {
    tell('Choose an answer first, or skip the item with a reason.');
    return;
  }
  answerWith({
    value,
    ...(rationale.trim() !== '' && { rationale }),
    ...(Object.keys(extras).length > 0 && { extras }),
  });
}

function answerWith(answer) {
  const item = items.get(at);
  if (item === undefined) return;
  undone.push({ ordinal: at, before: answerIn(item), draft: form.read() });
  give(at, answer);
  const [next = at] = openAfter(at);
  void show(next, { focus: true });
}

/** The answer stands on the page at once, and goes to the server when it can. */
function give(ordinal, answer) {
  notice.hidden = true;
  say(ordinal, answer);
  if (answer !== null && answer.skip === undefined) saveDraft(ordinal, answer);
  queue.add(ordinal, tidy(answer));
}

/** What the server gave as null it takes as absent. */
const tidy = (answer) =>
  answer === null
    ? null
    : Object.fromEntries(Object.entries(answer).filter(([, value]) => value !== null));

function undo() {
  const last = undone.pop();
  if (last === undefined) {
    tell('There is nothing to undo on this page.');
    return;
  }
  give(last.ordinal, last.before);
  saveDraft(last.ordinal, last.draft);
  void show(last.ordinal, { focus: true });
}

const go = (step) => {
  const next = at + step;
  if (next >= 0 && next < answers.length) void show(next, { focus: true });
};

const does = { submit, undo, go, skip: dialogs.skip, keys: dialogs.keys };
listenToKeys({
  ...does,
  move: form.move,
  choose: form.choose,
  reason: form.focusReason,
  leaveField: () => heading.focus(),
});
document.querySelector('#label').replaceWith(
  labelFrame({
    view,
    does,
    parts: {
      heading,
      count,
      progress,
      notice,
      content,
      status,
      submitButton,
      form: form.element,
      dialogs: dialogs.element,
    },
  }),
);
// The page was made when it was asked for: an answer may have arrived since, or still wait here.
for (const { ordinal, answer } of [...arrivedLately(), ...queue.entries()]) say(ordinal, answer);
if (queue.entries().length > 0) queue.flush();
await show(answers[at] === '.' ? at : (openAfter(at)[0] ?? at));
await fetchItems(missingAhead());
