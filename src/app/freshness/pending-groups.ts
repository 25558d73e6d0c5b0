import { type Loaded, type RecordKey, recordId } from '../../domain/records.ts';
import { MAX_KEYS } from '../../ports/user-store.ts';

/** Records to be read together: 1 to `MAX_KEYS` distinct keys. */
export type Group = readonly RecordKey[];

/**
 * Groups of records that are being read. Each group is answered as a whole, from records of one instant, so that it never
 * combines states that did not exist together. Different groups may be from different instants. Equal groups are read
 * once.
 */
export class PendingGroups {
  readonly #requested: readonly string[];
  readonly #pending = new Map<string, Group>();
  readonly #answers = new Map<string, readonly Loaded[]>();

  constructor(groups: readonly Group[]) {
    this.#requested = groups.map(groupId);
    for (const group of groups) this.#pending.set(groupId(group), group);
  }

  get isAnswered(): boolean {
    return this.#pending.size === 0;
  }

  /** The groups that are still pending, each once. */
  groups(): readonly Group[] {
    return [...this.#pending.values()];
  }

  /** The keys of all pending groups, each once. */
  keys(): readonly RecordKey[] {
    return distinct([...this.#pending.values()].flat());
  }

  /** Answers every pending group whose records are all in `loaded`. @param loaded records of one instant */
  answerFrom(loaded: readonly Loaded[]): void {
    const byId = new Map(loaded.map((record) => [recordId(record.key), record]));
    for (const [id, group] of this.#pending) {
      const answer = group.flatMap((key) => byId.get(recordId(key)) ?? []);
      if (answer.length < group.length) continue;
      this.#answers.set(id, answer);
      this.#pending.delete(id);
    }
  }

  /** The keys of the pending groups in snapshots of at most `MAX_KEYS` keys. No group is split. */
  snapshots(): readonly (readonly RecordKey[])[] {
    const snapshots: RecordKey[][] = [];
    for (const group of this.#pending.values()) {
      const together = distinct([...(snapshots.at(-1) ?? []), ...group]);
      if (snapshots.length > 0 && together.length <= MAX_KEYS) snapshots.pop();
      snapshots.push(together.length <= MAX_KEYS ? together : [...group]);
    }
    return snapshots;
  }

  /** In the order of the constructor's groups. Only valid when no group is pending. */
  answers(): readonly (readonly Loaded[])[] {
    return this.#requested.map((id) => {
      const answer = this.#answers.get(id);
      if (answer === undefined) throw new Error(`The group ${id} has not been read.`);
      return answer;
    });
  }
}

export function groupId(group: Group): string {
  return group.map(recordId).join(' ');
}

function distinct(keys: readonly RecordKey[]): RecordKey[] {
  return [...new Map(keys.map((key) => [recordId(key), key])).values()];
}
