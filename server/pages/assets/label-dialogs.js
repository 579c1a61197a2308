// The two dialogs of the labelling page: why an item is skipped, and the keys.
import { h } from './dom.js';
import { KEYS } from './label-keys.js';

const REASONS = ['Not enough to go by', 'Not my field', 'The item is broken'];

export function createDialogs({ onSkip }) {
  const reason = h('input', {
    id: 'skip-reason',
    required: true,
    maxlength: '1000',
    autocomplete: 'off',
  });
  const skip = dialog('Skip this item', [
    h('label', { for: 'skip-reason' }, 'Why?', reason),
    h(
      'div',
      { class: 'row' },
      REASONS.map((text) => h('button', { type: 'button', onclick: () => done(text) }, text)),
    ),
    h(
      'div',
      { class: 'row' },
      h('button', { class: 'primary' }, 'Skip it'),
      closer(() => skip),
    ),
  ]);
  skip.querySelector('form').addEventListener('submit', (event) => {
    event.preventDefault();
    done(reason.value.trim());
  });
  const keys = dialog('Keys', [
    h(
      'dl',
      { class: 'keys' },
      Object.entries(KEYS).flatMap(([key, does]) => [
        h('dt', {}, h('kbd', {}, key)),
        h('dd', {}, does),
      ]),
    ),
    h(
      'div',
      { class: 'row' },
      closer(() => keys),
    ),
  ]);

  function done(text) {
    if (text === '') return;
    skip.close();
    reason.value = '';
    onSkip(text);
  }
  return {
    element: h('div', {}, skip, keys),
    skip: () => {
      skip.showModal();
      reason.focus();
    },
    keys: () => keys.showModal(),
  };
}

const closer = (which) => h('button', { type: 'button', onclick: () => which().close() }, 'Close');

const dialog = (title, children) => {
  const id = `dialog-${title.split(' ')[0].toLowerCase()}`;
  return h(
    'dialog',
    { 'aria-labelledby': id },
    h('form', { class: 'stack', method: 'dialog' }, h('h2', { id }, title), ...children),
  );
};
