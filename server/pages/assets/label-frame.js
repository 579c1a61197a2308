// Where the parts of the labelling page stand: the item on one side, the answer on the other.
import { h } from './dom.js';

/** The page around its `parts` (elements that change), with buttons that call `does`. */
export function labelFrame({ view, parts, does }) {
  return h(
    'div',
    { class: 'labelling' },
    h(
      'header',
      { class: 'row' },
      parts.heading,
      parts.count,
      parts.progress,
      h('span', { class: 'hint' }, `as ${view.rater}`),
    ),
    parts.notice,
    view.state === 'closed'
      ? h(
          'p',
          { class: 'notice' },
          'This session has ended. Answers are still kept, marked as late.',
        )
      : null,
    h('div', { class: 'sides' }, parts.content, answerSide({ view, parts, does })),
    parts.dialogs,
  );
}

const answerSide = ({ view, parts, does }) =>
  h(
    'aside',
    { class: 'card answer', 'aria-label': 'Your answer' },
    h('h2', { id: 'question' }, view.judge),
    h(
      'details',
      { class: 'help', open: true },
      h('summary', {}, 'The question'),
      h('p', { class: 'text' }, view.question),
    ),
    parts.form,
    h(
      'div',
      { class: 'row' },
      parts.submitButton,
      button('Skip', does.skip, 's'),
      button('Undo', does.undo, 'u'),
    ),
    h(
      'div',
      { class: 'row' },
      button('Previous', () => does.go(-1), 'left arrow'),
      button('Next', () => does.go(1), 'right arrow'),
      button('Keys', does.keys, '?'),
    ),
    parts.status,
  );

const button = (text, onclick, key) =>
  h('button', { type: 'button', onclick, title: `Key: ${key}` }, text);
