// The right side of the page: how a rater answers one item.
import { h } from './dom.js';

/** The form of a question; `changed` is called with the draft whenever it changes. */
export function answerForm({ form, questions }, changed) {
  const choices = form.kind === 'choices' ? form.choices : [];
  const radios = choices.map(({ value }, at) =>
    h('input', {
      type: 'radio',
      name: 'value',
      id: `choice-${at}`,
      onchange: () => changed(read()),
      'data-at': String(at),
      value: JSON.stringify(value),
    }),
  );
  const field = fieldOf(form, () => changed(read()));
  const rationale = h('textarea', {
    id: 'rationale',
    rows: '4',
    maxlength: '100000',
    oninput: () => changed(read()),
  });
  const extras = questions.map(({ name, kind, text }) => ({
    name,
    text: kind === 'expectation' ? `${text} (what should the answer have been?)` : text,
    area: h('textarea', { id: `extra-${name}`, rows: '2', oninput: () => changed(read()) }),
  }));

  function read() {
    const at = radios.findIndex((radio) => radio.checked);
    const said = extras.filter(({ area }) => area.value.trim() !== '');
    return {
      value: form.kind === 'choices' ? (choices[at]?.value ?? null) : valueOf(form, field.value),
      rationale: rationale.value,
      extras: Object.fromEntries(said.map(({ name, area }) => [name, area.value])),
    };
  }

  const element = h(
    'div',
    { class: 'stack' },
    form.kind === 'choices'
      ? h(
          'div',
          { role: 'radiogroup', 'aria-labelledby': 'question', class: 'choices' },
          choices.map(({ text }, at) =>
            h(
              'label',
              { class: 'choice', for: `choice-${at}` },
              radios[at],
              h('span', {}, text),
              at < 9 ? h('kbd', { 'aria-hidden': 'true' }, String(at + 1)) : null,
            ),
          ),
        )
      : h('label', {}, 'Your answer', field),
    h('label', { for: 'rationale' }, 'Why? (the judge learns from reasons)', rationale),
    extras.map(({ name, text, area }) => h('label', { for: `extra-${name}` }, text, area)),
  );
  return {
    element,
    read,
    focusReason: () => rationale.focus(),
    choose: (at) => {
      if (radios[at] === undefined) return;
      radios[at].checked = true;
      changed(read());
    },
    /** Moves the choice by `step`, from none to the first or last. */
    move: (step) => {
      if (radios.length === 0) return;
      const at = radios.findIndex((radio) => radio.checked);
      const next = at === -1 ? (step > 0 ? 0 : radios.length - 1) : at + step;
      radios[(next + radios.length) % radios.length].checked = true;
      changed(read());
    },
    fill: (draft) => {
      radios.forEach((radio, at) => {
        radio.checked = draft !== null && choices[at].value === draft.value;
      });
      if (field) field.value = draft?.value ?? '';
      rationale.value = draft?.rationale ?? '';
      for (const { name, area } of extras) area.value = draft?.extras?.[name] ?? '';
    },
  };
}

function fieldOf(form, oninput) {
  if (form.kind === 'choices') return null;
  if (form.kind === 'text') return h('textarea', { rows: '3', oninput });
  const { min, max, whole } = form;
  return h('input', {
    type: 'number',
    min: String(min),
    max: String(max),
    step: whole ? '1' : 'any',
    oninput,
  });
}

function valueOf(form, text) {
  if (text.trim() === '') return null;
  return form.kind === 'number' ? Number(text) : text;
}
