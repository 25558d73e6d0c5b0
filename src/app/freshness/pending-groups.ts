import { type Loaded, type RecordKey, recordId } from '../../domain/records.ts';
import { MAX_KEYS } from '../../ports/user-store.ts';

/** Records to be read together: 1 to `MAX_KEYS` keys, none twice. */
export type Group = readonly RecordKey[];

/**
 * Groups that are being read. Each is answered as a whole, from records that were all true at one instant, so that
 * nothing is put together that never was; different groups may be answered from different instants. Equal groups are one.
 */
export class PendingGroups {
  readonly #asked: readonly string[];
  readonly #open = new Map<string, Group>();
  readonly #answers = new Map<string, readonly Loaded[]>();

  constructor(groups: readonly Group[]) {
    this.#asked = groups.map(groupId);
    for (const group of groups) this.#open.set(groupId(group), group);
  }

  get isAnswered(): boolean {
    return this.#open.size === 0;
  }

  /** Those that are still open, none twice. */
  groups(): readonly Group[] {
    return [...this.#open.values()];
  }

  /** The keys of all groups that are still open, each once. */
  keys(): readonly RecordKey[] {
    return distinct([...this.#open.values()].flat());
  }

  /** Answers every open group that is wholly among these records. @param known what was there at one instant */
  answerFrom(loaded: readonly Loaded[]): void {
    const byId = new Map(loaded.map((one) => [recordId(one.key), one]));
    for (const [id, group] of this.#open) {
      const answer = group.flatMap((key) => byId.get(recordId(key)) ?? []);
      if (answer.length < group.length) continue;
      this.#answers.set(id, answer);
      this.#open.delete(id);
    }
  }

  /** The keys of the open groups, put into snapshots as the store takes them: no group is torn apart. */
  snapshots(): readonly (readonly RecordKey[])[] {
    const snapshots: RecordKey[][] = [];
    for (const group of this.#open.values()) {
      const together = distinct([...(snapshots.at(-1) ?? []), ...group]);
      if (snapshots.length > 0 && together.length <= MAX_KEYS) snapshots.pop();
      snapshots.push(together.length <= MAX_KEYS ? together : [...group]);
    }
    return snapshots;
  }

  /** In the order in which the groups were asked for; to be called when none is open any more. */
  answers(): readonly (readonly Loaded[])[] {
    return this.#asked.map((id) => {
      const answer = this.#answers.get(id);
      if (answer === undefined) throw new Error(`not read: ${id}`);
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
