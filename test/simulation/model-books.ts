// The books of the reference model: what persons have done, and what app users' fields can have become through that and the directory.
// model.ts answers from them. Written from the rules alone; nothing of it is the engine's.
import { type Deed, fieldKey, type ModelMapping, type WordOfAbsence } from './model-deeds.ts';
import { type DirectoryChange, ModelDirectory, type Standing } from './model-directory.ts';

interface AppUser {
  removed: boolean;
  /** Per field the values that it could have at the last moment at which that was clear; absent: empty. */
  base: Map<string, ReadonlySet<string>>;
}

const blank: ReadonlySet<string> = new Set(['']);

/**
 * One organisation, connected and without settings. Everything takes its step, a number that never goes back and that several things
 * may share. Deeds that the rules forbid throw (I6, I7, I10): an engine that has accepted one is wrong.
 */
export class ModelBooks {
  protected readonly directory = new ModelDirectory();
  protected readonly users = new Map<string, AppUser>();
  protected linked = new Map<string, string>();
  protected offered = new Map<string, string>();
  protected readonly ignoredIds = new Set<string>();
  /** A person's words on an absence; false: doubtful, because it may be another absence by now. */
  protected readonly words = new Map<string, Map<WordOfAbsence, boolean>>();
  /** By `fieldKey`: which value of Entra's was approved or dismissed. */
  protected readonly fieldWords = new Map<string, { says: 'approved' | 'dismissed'; source: string }>();
  protected readonly exceptions = new Set<string>();
  protected mappings = new Map<string, ModelMapping>();
  private on = true;
  private now = -Infinity;
  /** The last moment at which the engine surely knew everything, and where everybody stood at each step since. */
  protected restedAt = -Infinity;
  protected window: Map<string, Standing>[] = [];
  protected heldAtRest: ReadonlySet<string> = new Set();
  protected readonly unique: ReadonlySet<string>;

  /** `unique`: fields in which two app users may not have the same value (F35). */
  constructor({ unique = ['email'] }: { unique?: readonly string[] } = {}) {
    this.unique = new Set(unique);
  }

  happened(step: number, ...changes: DirectoryChange[]): void {
    for (const change of changes) this.directory.apply(change);
    this.remember(step);
  }

  done(step: number, deed: Deed): void {
    switch (deed.deed) {
      case 'chooseGroups':
        this.directory.choose(deed.choice);
        break;
      case 'saveMappings':
        this.freeze();
        this.mappings = new Map(deed.mappings.map((mapping) => [mapping.target, mapping]));
        break;
      case 'addAppUser':
        this.add(deed.user, deed.fields);
        break;
      case 'createAppUser':
        this.add(deed.user, {});
        this.link(deed.object, deed.user);
        break;
      case 'link':
        this.link(deed.object, deed.user);
        break;
      case 'unlink':
        this.unlink(deed.object);
        break;
      case 'remove':
        for (const [object, user] of this.linked) if (user === deed.user) this.unlink(object);
        this.user(deed.user).removed = true;
        break;
      case 'ignore':
        must(!this.linked.has(deed.object), `I10: ${deed.object} is linked and cannot be ignored`);
        this.ignoredIds.add(deed.object);
        break;
      case 'restore':
        this.ignoredIds.delete(deed.object);
        break;
      case 'keep':
        this.say(deed.object, 'kept');
        break;
      case 'unkeep':
        this.words.get(deed.object)?.delete('kept');
        break;
      case 'approve':
        this.say(deed.object, 'approved');
        break;
      case 'dismiss':
        this.say(deed.object, 'dismissed');
        break;
      case 'editField':
        this.user(deed.user).base.set(deed.field, new Set([deed.value]));
        break;
      case 'undoField':
        this.user(deed.user).base.set(deed.field, new Set([deed.value]));
        this.fieldWords.set(fieldKey(deed.user, deed.field), { says: 'dismissed', source: deed.undone });
        break;
      case 'approveField':
        this.sayOfField(deed.user, deed.field, 'approved');
        break;
      case 'dismissField':
        this.sayOfField(deed.user, deed.field, 'dismissed');
        break;
      case 'except':
        this.freeze(deed.user);
        this.exceptions.add(fieldKey(deed.user, deed.field));
        break;
      case 'unexcept':
        this.exceptions.delete(fieldKey(deed.user, deed.field));
        break;
      case 'turnOff':
        this.freeze();
        this.on = false;
        break;
      case 'turnOn':
        must(!this.on, 'It is on');
        this.on = true;
        this.offered = new Map([...this.offered, ...this.linked]);
        this.linked = new Map();
        this.mappings = new Map();
        this.words.clear();
        this.fieldWords.clear();
        this.exceptions.clear();
        this.directory.choose(null);
        break;
    }
    this.remember(step);
  }

  protected remember(step: number): void {
    must(step >= this.now, `Step ${step} comes after step ${this.now}`);
    this.now = step;
    this.directory.remember(step);
    this.window.push(this.directory.standings());
    for (const [id, words] of this.words)
      for (const [says, sure] of words) words.set(says, sure && this.isOneAbsence(id));
  }

  /** Whether the person was away at each step since the last rest, and for the same reasons. */
  private isOneAbsence(object: string): boolean {
    const told = this.window
      .map((step) => step.get(object))
      .map((at) => (at?.state === 'out' ? [...at.reasons].toSorted().join() : ''));
    return told[0] !== '' && new Set(told).size === 1;
  }

  private say(object: string, says: WordOfAbsence): void {
    const words = this.words.get(object) ?? new Map<WordOfAbsence, boolean>();
    if (says !== 'kept') for (const other of ['approved', 'dismissed'] as const) words.delete(other);
    this.words.set(object, words.set(says, true));
  }

  private sayOfField(user: string, field: string, says: 'approved' | 'dismissed'): void {
    const followed = this.followed(user, field);
    if (followed === null) return;
    const source = this.source(followed);
    if (says === 'dismissed') this.user(user).base.set(field, without(this.possible(user, field), source));
    this.fieldWords.set(fieldKey(user, field), { says, source });
  }

  /** Where a person stands now. */
  protected standing(object: string): Standing | undefined {
    return this.window.at(-1)?.get(object);
  }

  protected mayHaveCounted(object: string): boolean {
    if (this.heldAtRest.has(object) || this.words.get(object)?.has('dismissed') === true) return true;
    return this.window.some((step) => (step.get(object)?.state ?? 'out') !== 'out');
  }

  /** The person and the mapping that a field follows now, if it follows any. */
  protected followed(user: string, field: string): { object: string; mapping: ModelMapping } | null {
    const object = [...this.linked].find(([, id]) => id === user)?.[0];
    const mapping = this.mappings.get(field);
    const free = this.on && !this.exceptions.has(fieldKey(user, field));
    return free && object !== undefined && mapping !== undefined ? { object, mapping } : null;
  }

  protected source({ object, mapping }: { object: string; mapping: ModelMapping }): string {
    return this.directory.value(object, mapping.source);
  }

  /** What runs that saw any state since the last rest can have made of the field, in any order. */
  protected possible(user: string, field: string): ReadonlySet<string> {
    const base = this.user(user).base.get(field) ?? blank;
    const followed = this.followed(user, field);
    if (followed === null || !this.mayHaveCounted(followed.object)) return base;
    const { object, mapping } = followed;
    const word = this.fieldWords.get(fieldKey(user, field));
    const sources = [...this.directory.values(object, mapping.source, this.restedAt)].filter(
      (source) => !(word?.says === 'dismissed' && word.source === source),
    );
    const once = new Set([
      ...base,
      ...[...base].flatMap((value) => sources.map((source) => write(value, source, mapping))),
    ]);
    return new Set([...once, ...[...once].flatMap((value) => sources.map((source) => write(value, source, mapping)))]);
  }

  /** What has been possible so far is where things start from now on: the rules of following change. */
  private freeze(only?: string): void {
    for (const user of this.linked.values()) {
      if (only !== undefined && only !== user) continue;
      for (const field of this.mappings.keys()) this.user(user).base.set(field, this.possible(user, field));
    }
  }

  private add(user: string, fields: Readonly<Record<string, string>>): void {
    must(!this.users.has(user), `There is an app user ${user} already`);
    this.users.set(user, {
      removed: false,
      base: new Map(Object.entries(fields).map(([field, value]) => [field, new Set([value])])),
    });
  }

  private link(object: string, user: string): void {
    must(!this.linked.has(object) && ![...this.linked.values()].includes(user), `I6: ${object} or ${user} is linked`);
    must(!this.ignoredIds.has(object), `I10: ${object} is ignored and cannot be linked`);
    must(!this.user(user).removed, `${user} has been removed`);
    this.linked.set(object, user);
    this.offered.delete(object);
  }

  private unlink(object: string): void {
    const user = this.linked.get(object);
    must(user !== undefined, `${object} is not linked`);
    this.freeze(user);
    this.linked.delete(object);
    this.words.delete(object);
  }

  protected user(id: string): AppUser {
    const user = this.users.get(id);
    if (user === undefined) throw new Error(`The model knows no app user ${id}`);
    return user;
  }
}

/** What one run makes of a field's value, given Entra's (issue 4, field rules). */
export function write(value: string, source: string, { write: rule, empty }: ModelMapping): string {
  if (rule === 'when_empty') return value === '' ? source : value;
  return source === '' && empty === 'keep' ? value : source;
}

function without(values: ReadonlySet<string>, value: string): ReadonlySet<string> {
  const rest = [...values].filter((other) => other !== value);
  return rest.length === 0 ? values : new Set(rest);
}

function must(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}
