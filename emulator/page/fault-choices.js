// The named faults that the page offers, in groups: what each is in the control API, and what can be chosen about it.

const GRAPH = ['graph', 'users', 'groups', 'batch'];
const LINE = ['graph', 'users', 'groups', 'login'];
const LISTS = ['graph', 'users', 'groups'];
const after = ['integer', 'decimal', 'date', 'missing', 'veryLong'];
const refusals = [7000215, 7000222, 700027, 7000112, 7000229, 700016, 90002, 53003, 90033, 90055];
const dead = ['unsupportedQuery', 'syncStateNotFound', 'gone', 'resyncRequired', 'notFound'];

const retryAfter = { name: 'retryAfter', of: after };
const failing = (key, fault) => ({ key, where: GRAPH, fault, detail: retryAfter });
const plain = (name, where) => ({ key: name, where, fault: { name } });

/** `detail` is a parameter with its values; an object among them stands for several parameters at once. */
export const GROUPS = [
  {
    key: 'g-answers',
    faults: [
      { key: 'throttled', where: GRAPH, fault: { name: 'throttled' }, detail: { name: 'retryAfter', of: ['decimal', ...after.filter((one) => one !== 'decimal')] } },
      failing('s503', { name: 'status', status: 503 }),
      failing('s504', { name: 'status', status: 504 }),
      failing('s500', { name: 'status', status: 500 }),
      { key: 's403', where: GRAPH, fault: { name: 'graphError', code: 'Authorization_RequestDenied' } },
      { key: 's401', where: GRAPH, fault: { name: 'graphError', code: 'Authorization_IdentityNotFound' } },
      { key: 'tokenError', where: [], fault: { name: 'tokenError' }, detail: { name: 'error', of: refusals } },
    ],
  },
  {
    key: 'g-line',
    faults: [plain('cut', LINE), plain('reset', LINE), plain('slowStart', LINE), plain('slowDrip', LINE)],
  },
  {
    key: 'g-bodies',
    faults: [
      plain('captivePortal', LINE),
      plain('malformedJson', LINE),
      plain('gzipBomb', LINE),
      plain('wrongShape', LISTS),
      plain('missingValue', LISTS),
    ],
  },
  {
    key: 'g-pages',
    faults: [
      plain('emptyPage', LISTS),
      plain('duplicates', LISTS),
      plain('repeatedNextLink', LISTS),
      plain('endlessNextLink', LISTS),
      plain('foreignNextLink', LISTS),
    ],
  },
  {
    key: 'g-delta',
    faults: [
      { key: 'withheldChanges', where: LISTS, fault: { name: 'withheldChanges' }, detail: { name: 'held', of: ['later', 'lost', 'members'] } },
      { key: 'deadDeltaLink', where: LISTS, fault: { name: 'deadDeltaLink' }, detail: { name: 'answer', of: dead } },
    ],
  },
]; // prettier-ignore

export const CHOICES = GROUPS.flatMap((group) => group.faults);

/** Which requests: what the control API is told. */
export const WHERE = {
  graph: { path: '/v1.0/' },
  users: { path: '/v1.0/users' },
  groups: { path: '/v1.0/groups' },
  batch: { inBatch: true },
  login: { path: '/oauth2/v2.0/token' },
};

const HELD = { later: {}, lost: { lost: true }, members: { only: 'members' } };

/** What is told to the control API about the chosen detail. */
export const parametersOf = (detail, value) =>
  detail === undefined ? {} : detail.name === 'held' ? HELD[value] : { [detail.name]: value };

/** What the page calls a fault in force, or undefined when it is none of these. */
export function choiceOf(fault) {
  const { name, status, code } = fault;
  return CHOICES.find((one) => one.fault.name === name && one.fault.status === status && one.fault.code === code);
}

/** The value of the detail as it was chosen. */
export function detailOf(choice, fault) {
  if (choice.detail === undefined) return undefined;
  if (choice.detail.name === 'held') return fault.lost === true ? 'lost' : (fault.only ?? 'later');
  return fault[choice.detail.name];
}

/** The place of a fault in force, or undefined when it is none of these. */
export const whereOf = (match) =>
  Object.keys(WHERE).find((name) => JSON.stringify(WHERE[name]) === JSON.stringify(match));
