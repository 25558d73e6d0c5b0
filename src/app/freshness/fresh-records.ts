import type { Plan } from '../../domain/change.ts';
import { type Loaded, type RecordKey, recordId } from '../../domain/records.ts';
import type { FreshReader } from './fresh-reader.ts';
import type { FreshWriter } from './fresh-writer.ts';
import type { IdempotentRequest } from './idempotent-request.ts';

/**
 * The records that an answer or a decision needs, by the part that each plays: one, several, or none. Two parts may be
 * one record.
 */
type ReadSet = Readonly<Record<string, RecordKey | readonly RecordKey[] | undefined>>;

type LoadedSet<C extends ReadSet> = {
  readonly [Part in keyof C]: C[Part] extends readonly (infer Key extends RecordKey)[]
    ? readonly Loaded<Key>[]
    : C[Part] extends RecordKey
      ? Loaded<C[Part]>
      : Loaded<Extract<C[Part], RecordKey>> | undefined;
};

/** All reads and writes of records go through here: never stale, and all parts of one cast were true together. */
export class FreshRecords {
  readonly #reader: FreshReader;
  readonly #writer: FreshWriter;

  readonly #request: IdempotentRequest | undefined;

  constructor(reader: FreshReader, writer: FreshWriter, request?: IdempotentRequest) {
    this.#reader = reader;
    this.#writer = writer;
    this.#request = request;
  }

  /** The same, for one request that its sender may repeat: whatever it changes is changed once. */
  once(request: IdempotentRequest): FreshRecords {
    return new FreshRecords(this.#reader, this.#writer, request);
  }

  /** See `FreshReader.read`. */
  async read<const C extends ReadSet>(readSet: C): Promise<LoadedSet<C>> {
    return assign(readSet, await this.#reader.read(distinctKeys(readSet)));
  }

  /** An answer for each item, in their order, from the cast that it needs. See `FreshReader.readGroups`. */
  async readEach<Item, const C extends ReadSet, Answer>(
    items: readonly Item[],
    castOf: (item: Item) => C,
    answer: (loaded: LoadedSet<C>, item: Item) => Answer,
  ): Promise<readonly Answer[]> {
    const asked = items.map((item) => ({ item, readSet: castOf(item) }));
    const groups = await this.#reader.readGroups(asked.map(({ readSet }) => distinctKeys(readSet)));
    return asked.map(({ item, readSet }, i) => answer(assign(readSet, groups[i] ?? []), item));
  }

  /** See `FreshWriter.write`. */
  change<const C extends ReadSet, Result>(
    readSet: C,
    plan: (loaded: LoadedSet<C>) => Plan<Result>,
  ): Promise<Result> {
    return this.changeWithFollowUp<C, Record<never, never>, Result>(readSet, () => ({}), plan);
  }

  /** The same where the whole cast can be told only from a part of it. @param more pure; the rest, from what is known */
  changeWithFollowUp<const C extends ReadSet, const More extends ReadSet, Result>(
    readSet: C,
    more: (loaded: LoadedSet<C>) => More,
    plan: (loaded: LoadedSet<C> & LoadedSet<More>) => Plan<Result>,
  ): Promise<Result> {
    const request = this.#request;
    return this.#writer.write({
      keys: distinctKeys({ ...readSet, requester: request?.userKey }),
      followUpKeys: (loaded) => distinctKeys(more(assign(readSet, loaded))),
      plan: (loaded, further) => {
        const first = assign(readSet, loaded);
        return plan({ ...first, ...assign(more(first), [...loaded, ...further]) });
      },
      request,
    });
  }
}

function distinctKeys(readSet: ReadSet): RecordKey[] {
  const keys = new Map<string, RecordKey>();
  for (const key of Object.values(readSet).flatMap((part) => part ?? [])) keys.set(recordId(key), key);
  return [...keys.values()];
}

function assign<C extends ReadSet>(readSet: C, loaded: readonly Loaded[]): LoadedSet<C> {
  const byId = new Map(loaded.map((one) => [recordId(one.key), one]));
  const knownOf = (key: RecordKey) => byId.get(recordId(key));
  const parts = Object.entries(readSet).map(([part, keys]) => [
    part,
    isSeveral(keys) ? keys.map(knownOf) : keys && knownOf(keys),
  ]);
  return Object.fromEntries(parts) as LoadedSet<C>;
}

function isSeveral(part: ReadSet[string]): part is readonly RecordKey[] {
  return Array.isArray(part);
}
