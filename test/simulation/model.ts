// The reference model: what must be true of the engine, worked out from the directory's changes and the administrators' deeds alone.
// It knows nothing of runs, pages and faults, shares no code with the engine, and was written from the rules by another hand.
import { ModelBooks, write } from './model-books.ts';
import { fieldKey, type Gone, type Held, type MustMay, nothingHeld } from './model-deeds.ts';

/**
 * One organisation, connected and without settings. `happened` and `done` feed it, `atRest` tells it that an engine has caught up;
 * everything else is a question. Steps never go back, and several things may share one.
 */
export class Model extends ModelBooks {
  /**
   * The directory is still, a complete run has ended well after its last change, and everything that Entra withheld has come.
   * From here on only what comes later can be somewhere under way. `observed`: what an app user's field was seen to be, once judged.
   */
  atRest(step: number, held: Held = nothingHeld, observed?: (user: string, field: string) => string): void {
    this.remember(step);
    const settled = [...this.users].map(([id, { base }]) => {
      const fields = new Set([...base.keys(), ...this.mappings.keys()]);
      const values = [...fields].map((field): [string, ReadonlySet<string>] => [
        field,
        observed === undefined ? this.fieldValues(id, field, held) : new Set([observed(id, field)]),
      ]);
      return { id, values };
    });
    for (const { id, values } of settled) this.user(id).base = new Map(values);
    const standings = this.directory.standings();
    for (const id of this.words.keys()) if (standings.get(id)?.state === 'in') this.words.delete(id);
    this.window = [standings];
    this.restedAt = step;
    this.heldAtRest = held.people;
    this.directory.wasRead();
  }

  // -- what must be true as soon as everything is at rest -------------------------------------------------------------

  /** Links as persons made them: object id to app user. Right at any moment, as are the next three. */
  links(): ReadonlyMap<string, string> {
    return this.linked;
  }

  /** Links of before the sync was turned off, which are proposals now. */
  offeredLinks(): ReadonlyMap<string, string> {
    return this.offered;
  }

  ignored(): ReadonlySet<string> {
    return this.ignoredIds;
  }

  /** Every app user that ever was, and whether a person has removed them (I1). */
  appUsers(): ReadonlyMap<string, boolean> {
    return new Map([...this.users].map(([id, { removed }]) => [id, removed]));
  }

  scope(held: Held = nothingHeld): MustMay {
    return this.present(this.directory.ids(), held);
  }

  /** Not linked and not ignored (I10): *Tillgängliga* and *Kopplingsförslag* together. */
  available(held: Held = nothingHeld): MustMay {
    const free = this.directory.ids().filter((id) => !this.linked.has(id) && !this.ignoredIds.has(id));
    return this.present(free, held);
  }

  /** By object id: *Ta bort Entra ID-användare*, with those that are kept. Whoever is not in it is not on the list. */
  gone(held: Held = nothingHeld): Map<string, Gone> {
    const gone = new Map<string, Gone>();
    for (const id of this.linked.keys()) {
      const presence = this.presence(id, held);
      const reasons = this.standing(id)?.reasons ?? new Set();
      if (presence !== 'in') gone.set(id, { reasons, sure: presence === 'out', kept: this.isKept(id) });
    }
    return gone;
  }

  /** Whether the brake may hold this person's absence: not if there is none, nor if a person has approved it. */
  mayBeHeld(object: string): boolean {
    return this.standing(object)?.state !== 'in' && this.words.get(object)?.get('approved') !== true;
  }

  /** Whether the brake may hold this field's change: not if a person has approved this value of Entra's. */
  fieldMayBeHeld(user: string, field: string): boolean {
    const word = this.fieldWords.get(fieldKey(user, field));
    const followed = this.followed(user, field);
    return followed !== null && !(word?.says === 'approved' && word.source === this.source(followed));
  }

  /** The values that a field may have. One in the plain case; several where the past decides, or a person who must be asked. */
  fieldValues(user: string, field: string, held: Held = nothingHeld): ReadonlySet<string> {
    const settled = this.settled(user, field, held);
    if (!this.unique.has(field) || !this.clashing(field, held).has(user)) return settled;
    return new Set([...settled, ...this.possible(user, field)]);
  }

  /** Who may be left out because of somebody else (F35): two would have the same, or who was to give it away has to keep it. */
  private clashing(field: string, held: Held): Set<string> {
    const users = [...this.users].filter(([, { removed }]) => !removed).map(([id]) => id);
    const wanted = new Map(users.map((id) => [id, keysOf(this.settled(id, field, held))]));
    const owners = new Map<string, Set<string>>();
    const own = (keys: ReadonlySet<string>, id: string): void => {
      for (const key of keys) owners.set(key, (owners.get(key) ?? new Set()).add(id));
    };
    for (const [id, keys] of wanted) own(keys, id);
    const clashing = new Set<string>();
    for (let before = -1; before < clashing.size;) {
      before = clashing.size;
      for (const [id, keys] of wanted) {
        if (clashing.has(id) || ![...keys].some((key) => (owners.get(key)?.size ?? 0) > 1)) continue;
        clashing.add(id);
        own(keysOf(this.possible(id, field)), id);
      }
    }
    return clashing;
  }

  private settled(user: string, field: string, held: Held): ReadonlySet<string> {
    const possible = this.possible(user, field);
    const followed = this.followed(user, field);
    if (followed === null || held.fields.has(fieldKey(user, field))) return possible;
    const source = this.source(followed);
    const word = this.fieldWords.get(fieldKey(user, field));
    if (word?.says === 'dismissed' && word.source === source) return possible;
    const standing = this.standing(followed.object)?.state;
    if (standing !== 'in' && this.presence(followed.object, held) === 'out') return possible;
    const applied = new Set([...possible].map((value) => write(value, source, followed.mapping)));
    return standing === 'in' ? applied : new Set([...possible, ...applied]);
  }

  // -- what may be while the directory moves, and runs are under way ---------------------------------------------------

  /** The values that a field may have at any moment from the last rest until now (I12). */
  fieldValuesWhileMoving(user: string, field: string): ReadonlySet<string> {
    return this.possible(user, field);
  }

  /** The values that an attribute of a person had from one step to another, both included: what a row of the mirror may say (I12). */
  sourceValues(object: string, attribute: string, from: number, to: number): ReadonlySet<string> {
    return this.directory.values(object, attribute, from, to);
  }

  scopeWhileMoving(): MustMay {
    const ids = this.directory.ids();
    const may = ids.filter((id) => this.mayHaveCounted(id));
    return {
      must: new Set(may.filter((id) => this.window.every((step) => step.get(id)?.state === 'in'))),
      may: new Set(may),
    };
  }

  /** Who must be on the list of the gone, who may, and each reason that was true at some step. */
  goneWhileMoving(): Map<string, Gone> {
    const gone = new Map<string, Gone>();
    for (const id of this.linked.keys()) {
      const reasons = new Set(this.window.flatMap((step) => [...(step.get(id)?.reasons ?? [])]));
      if (reasons.size > 0) gone.set(id, { reasons, sure: !this.mayHaveCounted(id), kept: this.isKept(id) });
    }
    return gone;
  }

  private isKept(object: string): Gone['kept'] {
    const sure = this.words.get(object)?.get('kept');
    return sure === undefined ? 'no' : sure ? 'yes' : 'either';
  }

  private presence(object: string, held: Held): 'in' | 'out' | 'either' {
    const state = this.standing(object)?.state ?? 'out';
    if (state === 'in' || held.people.has(object)) return 'in';
    const dismissed = this.words.get(object)?.get('dismissed');
    if (dismissed === true) return 'in';
    return state === 'unsure' || dismissed === false ? 'either' : 'out';
  }

  private present(ids: readonly string[], held: Held): MustMay {
    return {
      must: new Set(ids.filter((id) => this.presence(id, held) === 'in')),
      may: new Set(ids.filter((id) => this.presence(id, held) !== 'out')),
    };
  }
}

/** Addresses are compared as T9 has it: A to Z are a to z, all else as it is. Numbers without what only parts them. */
function keysOf(values: ReadonlySet<string>): Set<string> {
  const keys = [...values].map((value) =>
    value.includes('@')
      ? value.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
      : value.replaceAll(/[\s()-]/g, ''),
  );
  return new Set(keys.filter((key) => key !== ''));
}
