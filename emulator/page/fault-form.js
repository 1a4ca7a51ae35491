// The form where a person chooses a fault of their own: which, on what requests, how many times and how likely.
import { CHOICES, GROUPS, parametersOf, WHERE } from './fault-choices.js';
import { ask, attempt, h, live } from './parts.js';
import { counted, t } from './words.js';

const TIMES = [1, 3, 10, 'always'];
const LIKELY = [100, 50, 25, 10];

/** Kept while the view is drawn anew. */
const chosen = { fault: CHOICES[0].key, detail: undefined, where: undefined, times: 3, likely: 100 };

export function faultForm() {
  const fault = h('select', { id: 'choose-fault', 'data-testid': 'choose-fault', 'aria-describedby': 'fault-what' },
    GROUPS.map((group) =>
      h('optgroup', { label: t(group.key) },
        group.faults.map(({ key }) => h('option', { value: key, selected: key === chosen.fault }, t(`k-${key}`)))))); // prettier-ignore
  const what = h('p', { id: 'fault-what', class: 'what', 'data-testid': 'fault-what' });
  const fields = h('div', { class: 'fields' });
  const draw = () => {
    const choice = CHOICES.find(({ key }) => key === chosen.fault);
    what.textContent = t(`k-${choice.key}-d`);
    const { detail, where } = choice;
    fields.replaceChildren(
      ...[
        detail && field('detail', `d-${detail.name}`, detail.of, (value) => t(`v-${value}`)),
        where.length > 0 && field('where', 'onWhat', where, (value) => t(`w-${value}`)),
        field('times', 'howOften', TIMES, (value) =>
          value === 'always' ? t('untilStopped') : counted('timesN', value),
        ),
        field('likely', 'howLikely', LIKELY, (value) => t(`l-${value}`)),
      ].filter(Boolean),
    );
  };
  fault.addEventListener('change', () => {
    Object.assign(chosen, { fault: fault.value, detail: undefined, where: undefined });
    draw();
  });
  draw();
  return h('form', { class: 'sheet choose', 'data-testid': 'fault-form', onsubmit: start },
    h('label', { for: 'choose-fault' }, t('chooseFault')),
    fault,
    what,
    fields,
    h('div', { class: 'do' }, h('button', { class: 'main', 'data-testid': 'fault-set' }, t('setFault')))); // prettier-ignore
}

/** One more choice; the first value holds until another is chosen. */
function field(name, label, values, words) {
  if (!values.includes(chosen[name])) chosen[name] = values[0];
  const options = values.map((value) => h('option', { value, selected: value === chosen[name] }, words(value)));
  return h('label', {}, t(label), h('select', { 'data-testid': `choose-${name}`, onchange: (event) => {
    chosen[name] = values[event.target.selectedIndex];
  } }, options)); // prettier-ignore
}

async function start(event) {
  event.preventDefault();
  const choice = CHOICES.find(({ key }) => key === chosen.fault);
  const rule = {
    match: choice.where.length === 0 ? {} : WHERE[chosen.where],
    often: {
      ...(chosen.times === 'always' ? {} : { times: chosen.times }),
      ...(chosen.likely === 100 ? {} : { probability: chosen.likely / 100 }),
    },
    fault: { ...choice.fault, ...parametersOf(choice.detail, chosen.detail) },
  };
  await attempt(() => ask('POST', '/faults', rule), t('faultOn'));
  await live.refresh();
  document.getElementById('choose-fault')?.focus();
}
