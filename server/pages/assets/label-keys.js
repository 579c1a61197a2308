// Which key does what on the labelling page, and how the dialog says it.

export const KEYS = {
  '1 to 9': 'choose an answer',
  'up, down': 'move the choice',
  'Ctrl+Enter': 'submit, and go on to the next open item',
  'left, right': 'previous and next item',
  r: 'write a reason (Esc leaves the field)',
  s: 'skip the item, with a reason',
  u: 'undo the last answer',
  '?': 'show these keys',
};

/** Calls `does.submit`, `go(step)`, `move(step)`, `choose(at)`, `reason`, `skip`, `undo`, `keys` and `leaveField`. */
export function listenToKeys(does) {
  const actions = {
    ArrowRight: () => does.go(1),
    ArrowLeft: () => does.go(-1),
    ArrowDown: () => does.move(1),
    ArrowUp: () => does.move(-1),
    Enter: does.submit,
    u: does.undo,
    s: does.skip,
    r: does.reason,
    '?': does.keys,
  };
  addEventListener('keydown', (event) => {
    if (document.querySelector('dialog[open]') !== null) return;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      does.submit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event)) {
      if (event.key === 'Escape') does.leaveField();
      return;
    }
    const button = event.target instanceof HTMLButtonElement || event.target.closest?.('summary');
    if (event.key === 'Enter' && button) return;
    const action = /^[1-9]$/.test(event.key)
      ? () => does.choose(Number(event.key) - 1)
      : actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
}

const typing = ({ target }) =>
  target instanceof HTMLTextAreaElement ||
  (target instanceof HTMLInputElement && target.type !== 'radio');
