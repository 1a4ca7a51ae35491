// What every part of the page is made of: elements, questions to the control API, the drawer, and the note at the foot.
import { t } from './words.js';

/** The last answer about the whole, and how to show everything anew; directory.js fills both. */
export const live = { state: undefined, refresh: async () => {} };

export const $ = (id) => document.getElementById(id);
export const byTestId = (name) => document.querySelector(`[data-testid="${CSS.escape(name)}"]`);

/** An element; `on…` properties are listeners, others attributes; children are elements or text, never markup. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== undefined && value !== null) element.setAttribute(name, String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

export async function ask(method, path, body) {
  const response = await fetch(`/_control${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  });
  const text = await response.text();
  const answer = text === '' ? {} : JSON.parse(text);
  if (response.ok) return answer;
  // The reasons that a person meets have words in both languages; the rest are for whoever builds on this.
  throw new Error(
    answer.reason ? t(`why-${answer.reason}`) : typeof answer.error === 'string' ? answer.error : response.statusText,
  );
}

export const tenantPath = (rest) => `/tenants/${encodeURIComponent($('tenant').value)}${rest}`;
export const currentTenant = () => live.state.tenants.find((one) => one.id === $('tenant').value);

let toastTimer;
export function toast(text) {
  $('toast').textContent = text;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => {
    $('toast').textContent = '';
  }, 6000);
}

export async function attempt(work, done) {
  try {
    await work();
    if (done !== undefined) toast(done);
    return true;
  } catch (error) {
    toast(t('failed', error.message));
    return false;
  }
}

/** Opens the drawer; `back` is the test id of what gets the focus when it closes, as the list behind is drawn anew. */
export function openDrawer(title, back, ...content) {
  const drawer = $('drawer');
  drawer.replaceChildren(h('h1', { id: 'drawer-title' }, title), ...content);
  drawer.onclose = () => (byTestId(back) ?? byTestId('search') ?? $('view')).focus();
  if (!drawer.open) drawer.showModal();
  drawer.scrollTop = 0;
  drawer.querySelector('input')?.focus();
}

export const closeDrawer = () => $('drawer').close();

/** Whether a person says yes; Escape and the other button say no. */
export function confirmed(question, yes) {
  // A dialog of its own each time: the close of an earlier one may be told only after this one has opened.
  const dialog = h('dialog', { class: 'question', 'data-testid': 'question', 'aria-labelledby': 'question-title' },
    h('form', { method: 'dialog' },
      h('h1', { id: 'question-title' }, question),
      h('div', { class: 'do' },
        h('button', { value: 'no', 'data-testid': 'question-no' }, t('cancel')),
        h('button', { class: 'danger', value: 'yes', 'data-testid': 'question-yes' }, yes)))); // prettier-ignore
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((answer) => {
    dialog.onclose = () => {
      dialog.remove();
      answer(dialog.returnValue === 'yes');
    };
  });
}

/** A search field that asks only when typing pauses. */
export function searchField(label, search) {
  let timer;
  const input = h('input', { type: 'search', 'aria-label': label, placeholder: label, 'data-testid': 'search', autocomplete: 'off', oninput: () => {
    clearTimeout(timer);
    timer = setTimeout(() => search(input.value.trim()), 200);
  } }); // prettier-ignore
  return input;
}

const COLOURS = ['', 'sky', 'moss'];

export function avatar(name) {
  const words = name.split(/\s+/).filter((word) => /^\p{L}/u.test(word));
  const initials = `${words[0]?.[0] ?? ''}${words.length > 1 ? words.at(-1)[0] : ''}`.toUpperCase();
  return h('span', { class: `av ${COLOURS[name.length % COLOURS.length]}`, 'aria-hidden': 'true' }, initials);
}
