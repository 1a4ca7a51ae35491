// The directory's half of the reference model: people and groups in plain maps, what they were at each step, and who counts.
// model.ts feeds it and asks it. It imports nothing of the engine, and was written from the rules alone.

export type GoneReason = 'deleted' | 'purged' | 'left_groups' | 'disabled' | 'guest';

export interface Standing {
  /** `unsure`: a chosen group was deleted before anybody had surely read its members, so that nobody can know. */
  state: 'in' | 'out' | 'unsure';
  /** All that are true; the engine may name any of them. Empty while `in`. */
  reasons: ReadonlySet<GoneReason>;
}

export interface Choice {
  scope: 'all' | 'groups';
  groups: readonly string[];
  includeGuests: boolean;
  includeDisabled: boolean;
}

/** Graph's attribute name to its text; absent and '' are the same. The manager is no attribute but a person, see `PersonState`. */
export type Attributes = Readonly<Record<string, string>>;

export interface PersonState {
  attributes: Attributes;
  guest: boolean;
  enabled: boolean;
  /** Object id of the manager. */
  manager: string | null;
}

/** What happens in Entra. Groups and manager of the soft-deleted are kept; whoever is purged is out of the groups, and comes back as another id. */
export type DirectoryChange =
  | ({ op: 'create'; id: string; attributes: Attributes } & Partial<PersonState>)
  /** Attributes are put on the old ones, '' empties one; also for renames, disabling, another manager. */
  | ({ op: 'change'; id: string } & Partial<PersonState>)
  | { op: 'swap'; attribute: string; ids: readonly [string, string] }
  | { op: 'softDelete' | 'restore' | 'hardDelete'; id: string }
  | { op: 'createGroup'; id: string; name: string; members?: readonly string[] }
  | { op: 'renameGroup'; id: string; name: string }
  | { op: 'deleteGroup' | 'restoreGroup'; id: string }
  /** `member`: a person or a group. */
  | { op: 'addMember' | 'removeMember'; group: string; member: string };

interface Person extends PersonState {
  gone: '' | 'deleted' | 'purged';
}

interface Group {
  name: string;
  members: Set<string>;
  gone: boolean;
}

/** Sets of the people below one chosen group, one for each step since everything was last surely read. */
interface Seen {
  /** Whether it was surely read since it was chosen. */
  read: boolean;
  sets: Set<string>[];
}

/** People, groups, and their past. */
export class ModelDirectory {
  private readonly people = new Map<string, Person>();
  private readonly groups = new Map<string, Group>();
  private readonly past = new Map<string, { step: number; values: Attributes }[]>();
  private readonly seen = new Map<string, Seen>();
  /** Of chosen groups that are gone: who counted through them for every reader, and for some reader. */
  private readonly remains = new Map<string, { sure: ReadonlySet<string>; maybe: ReadonlySet<string> }>();
  private choice: Choice | null = null;

  /** Everybody who was ever there. */
  ids(): string[] {
    return [...this.people.keys()];
  }

  private person(id: string): Person {
    const found = this.people.get(id);
    if (found === undefined) throw new Error(`The model knows no person ${id}`);
    return found;
  }

  private group(id: string): Group {
    const found = this.groups.get(id);
    if (found === undefined) throw new Error(`The model knows no group ${id}`);
    return found;
  }

  choose(choice: Choice | null): void {
    this.choice = choice;
    const chosen = new Set(choice?.scope === 'groups' ? choice.groups : []);
    for (const id of this.seen.keys()) if (!chosen.has(id)) this.seen.delete(id);
    for (const id of this.remains.keys()) if (!chosen.has(id)) this.remains.delete(id);
    for (const id of chosen) {
      if (this.seen.has(id) || this.remains.has(id)) continue;
      this.seen.set(id, { read: false, sets: [] });
      if (this.groups.get(id)?.gone !== false) this.leaveRemains(id);
    }
  }

  apply(change: DirectoryChange): void {
    switch (change.op) {
      case 'create': {
        const { op: _, ...state } = change;
        this.people.set(change.id, { guest: false, enabled: true, manager: null, ...state, gone: '' });
        break;
      }
      case 'change':
        this.change(change.id, change);
        break;
      case 'swap': {
        const { attribute, ids } = change;
        const [first, second] = [this.value(ids[0], attribute), this.value(ids[1], attribute)];
        this.change(ids[0], { attributes: { [attribute]: second } });
        this.change(ids[1], { attributes: { [attribute]: first } });
        break;
      }
      case 'softDelete':
        this.person(change.id).gone = 'deleted';
        break;
      case 'restore':
        this.person(change.id).gone = '';
        break;
      case 'hardDelete':
        this.person(change.id).gone = 'purged';
        for (const { members } of this.groups.values()) members.delete(change.id);
        break;
      case 'createGroup':
        this.groups.set(change.id, { name: change.name, members: new Set(change.members), gone: false });
        break;
      case 'renameGroup':
        this.group(change.id).name = change.name;
        break;
      case 'deleteGroup': // whoever counted through a chosen one goes on counting (F8)
        this.group(change.id).gone = true;
        if (this.seen.has(change.id)) this.leaveRemains(change.id);
        break;
      case 'restoreGroup':
        this.group(change.id).gone = false;
        if (this.remains.delete(change.id)) this.seen.set(change.id, { read: false, sets: [] });
        break;
      case 'addMember':
        this.group(change.group).members.add(change.member);
        break;
      case 'removeMember':
        this.group(change.group).members.delete(change.member);
        break;
    }
  }

  private change(id: string, change: Partial<PersonState>): void {
    const person = this.person(id);
    person.attributes = { ...person.attributes, ...change.attributes };
    person.guest = change.guest ?? person.guest;
    person.enabled = change.enabled ?? person.enabled;
    if (change.manager !== undefined) person.manager = change.manager;
  }

  private leaveRemains(id: string): void {
    const { read, sets } = this.seen.get(id) ?? { read: false, sets: [] };
    this.seen.delete(id);
    const everybody = new Set(this.people.keys());
    const anyone = sets.flatMap((set) => [...set]);
    const always = anyone.filter((person) => sets.every((set) => set.has(person)));
    this.remains.set(
      id,
      read ? { sure: new Set(always), maybe: new Set(anyone) } : { sure: new Set(), maybe: everybody },
    );
  }

  /** The people below a group, through groups that exist; circles end. The soft-deleted are still members. */
  below(groupId: string): Set<string> {
    const found = new Set<string>();
    const visited = new Set<string>();
    const open = [groupId];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      const group = this.groups.get(id);
      if (visited.has(id) || group === undefined || group.gone) continue;
      visited.add(id);
      for (const member of group.members) {
        if (this.groups.has(member)) open.push(member);
        else found.add(member);
      }
    }
    return found;
  }

  /** Where each person that was ever there stands now. */
  standings(): Map<string, Standing> {
    const sure = new Set<string>();
    const maybe = new Set<string>();
    for (const id of this.seen.keys()) for (const member of this.below(id)) sure.add(member);
    for (const remains of this.remains.values()) {
      for (const member of remains.sure) sure.add(member);
      for (const member of remains.maybe) maybe.add(member);
    }
    const all = this.choice?.scope === 'all';
    return new Map(
      [...this.people].map(([id, person]) => [id, this.standing(person, all || sure.has(id), maybe.has(id))]),
    );
  }

  private standing(person: Person, member: boolean, perhaps: boolean): Standing {
    if (person.gone !== '') return { state: 'out', reasons: new Set([person.gone]) };
    const reasons = new Set<GoneReason>();
    if (this.choice?.includeDisabled !== true && !person.enabled) reasons.add('disabled');
    if (this.choice?.includeGuests !== true && person.guest) reasons.add('guest');
    const state = reasons.size > 0 || !(member || perhaps) ? 'out' : member ? 'in' : 'unsure';
    if (!member) reasons.add('left_groups');
    return { state, reasons };
  }

  /** The value of an attribute now; `manager` is the display name of a manager who exists. */
  value(id: string, attribute: string): string {
    const person = this.person(id);
    if (attribute !== 'manager') return person.attributes[attribute] ?? '';
    const manager = person.manager === null ? undefined : this.people.get(person.manager);
    return manager === undefined || manager.gone !== '' ? '' : (manager.attributes['displayName'] ?? '');
  }

  /** Each value that an attribute had at some step from `from` to `to`, both included. */
  values(id: string, attribute: string, from: number, to = Infinity): Set<string> {
    const states = this.past.get(id) ?? [];
    return new Set(
      states
        .filter(({ step }, at) => step <= to && (states[at + 1]?.step ?? Infinity) > from)
        .map(({ values }) => values[attribute] ?? ''),
    );
  }

  /** To be called after each change: writes down what it changed. */
  remember(step: number): void {
    for (const [id, { attributes, gone }] of this.people) {
      if (gone !== '') continue;
      const values = { ...attributes, manager: this.value(id, 'manager') };
      const states = this.past.get(id) ?? [];
      const last = states.at(-1)?.values;
      if (last !== undefined && same(last, values)) continue;
      this.past.set(id, [...states, { step, values }]);
    }
    for (const [id, { sets }] of this.seen) sets.push(this.below(id));
  }

  /** Everything was surely read at this moment: what was before needs no more be reckoned with. */
  wasRead(): void {
    for (const id of this.seen.keys()) this.seen.set(id, { read: true, sets: [this.below(id)] });
  }
}

function same(one: Attributes, other: Attributes): boolean {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every(
    (name) => (one[name] ?? '') === (other[name] ?? ''),
  );
}
