// What every part of the page is made of: elements, questions to the control API, and the note at the foot.
import { t } from './words.js';

/** The last answer about the whole, and how to show everything anew; directory.js fills both. */
export const live = { state: undefined, refresh: async () => {} };

export const $ = (id) => document.getElementById(id);

/** An element; `on…` properties are listeners, others attributes; children are elements or text. */
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
  if (!response.ok) throw new Error(answer.error ?? response.statusText);
  return answer;
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
