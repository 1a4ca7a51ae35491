// What may differ between a recorded answer and the emulator's, each with its reason. Microsoft's pages are sloppier than the
// service: they shorten objects, leave out what every answer has, and keep members that the service has dropped.
import { modelMembers } from './load.ts';
import type { Tolerance } from './shape.ts';

const ITEM = 'value\\[\\]';

/** The page shows some members of the object; the answer has the whole default set, of members of Microsoft's model. `at` is the object's place. */
export const shortened = (at = ITEM): Tolerance => ({
  kind: 'extra',
  place: new RegExp(at === '' ? '[^.@[]+' : `${at}\\.[^.@[]+`),
  why: 'the page shows only some members of the object; the service gives its whole default set',
  only: modelMembers,
});

export const bare: Tolerance = {
  kind: 'extra',
  place: /@odata\.context/,
  why: 'the page leaves out @odata.context, which every answer of the service has',
};

export const untyped = (at = ITEM): Tolerance => ({
  kind: 'extra',
  place: new RegExp(`${at === '' ? '' : `${at}\\.`}@odata\\.type`),
  why: 'the page leaves out @odata.type, which other pages of the same kind of answer show',
});

export const paged: Tolerance = {
  kind: 'extra',
  place: /@odata\.nextLink/,
  why: 'the directory of the tests has more people than fit on a page, the recorded one fewer',
};

export const counted: Tolerance = {
  kind: 'extra',
  place: /@odata\.count/,
  why: 'the page leaves out the count that its own request asks for, and that the next example of the page shows',
};

export const withoutId: Tolerance = {
  kind: 'extra',
  place: /value\[\]\.id/,
  why: 'the page leaves out the id, which delta always gives (graph-protocol.md 9.1)',
};

/** A delta round that is over sooner, or later, than the recorded one. */
export const otherLength: readonly Tolerance[] = [
  { kind: 'missing', place: /@odata\.nextLink/, why: 'the round of this directory is over on this page' },
  { kind: 'extra', place: /@odata\.deltaLink/, why: 'the round of this directory is over on this page' },
];

export const missing = (place: RegExp, why: string): Tolerance => ({ kind: 'missing', place, why });
export const extra = (place: RegExp, why: string): Tolerance => ({ kind: 'extra', place, why });
export const retyped = (place: RegExp, why: string): Tolerance => ({ kind: 'type', place, why });

/** Of examples from before a property moved out of the default set. */
export const beyondDefault = (names: string): Tolerance =>
  missing(
    new RegExp(`value\\[\\]\\.(${names})(\\[\\])?`),
    'the page shows members that are not in the default set and were not selected (graph-protocol.md 8.2)',
  );

export const asWritten: Tolerance = retyped(
  /()/,
  'the record keeps the number as text; on the wire both are the same digits',
);

/** Members that a Microsoft page shows only of some groups, and that have come since. */
export const newerGroup: Tolerance = extra(
  /(value\[\]\.)?(onPremisesDomainName|onPremisesSamAccountName|onPremisesNetBiosName|securityIdentifier|uniqueName|serviceProvisioningErrors)/,
  "members of a group in Microsoft's model that this page does not show, and others of its pages do",
);
