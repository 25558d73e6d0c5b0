import type { Plan } from '../../domain/change.ts';
import { type Loaded, type RecordKey, recordId } from '../../domain/records.ts';
import type { FreshReader } from './fresh-reader.ts';
import type { FreshWriter } from './fresh-writer.ts';
import type { IdempotentRequest } from './idempotent-request.ts';

/** The keys that a read or a change needs, by name: one key, several, or none. Two names may have the same key. */
type ReadSet = Readonly<Record<string, RecordKey | readonly RecordKey[] | undefined>>;

type LoadedSet<S extends ReadSet> = {
  readonly [Name in keyof S]: S[Name] extends readonly (infer Key extends RecordKey)[]
    ? readonly Loaded<Key>[]
    : S[Name] extends RecordKey
      ? Loaded<S[Name]>
      : Loaded<Extract<S[Name], RecordKey>> | undefined;
};

/** All reads and writes of records. They are never stale, and the records of one read set are from one instant. */
export class FreshRecords {
  readonly #reader: FreshReader;
  readonly #writer: FreshWriter;

  readonly #request: IdempotentRequest | undefined;

  constructor(reader: FreshReader, writer: FreshWriter, request?: IdempotentRequest) {
    this.#reader = reader;
    this.#writer = writer;
    this.#request = request;
  }

  /** The same for one idempotent request: its changes are applied once. */
  withIdempotency(request: IdempotentRequest): FreshRecords {
    return new FreshRecords(this.#reader, this.#writer, request);
  }

  /** See `FreshReader.read`. */
  async read<const S extends ReadSet>(readSet: S): Promise<LoadedSet<S>> {
    return assign(readSet, await this.#reader.read(distinctKeys(readSet)));
  }

  /** An answer for each item, in order, from the read set that it needs. See `FreshReader.readGroups`. */
  async readEach<Item, const S extends ReadSet, Answer>(
    items: readonly Item[],
    readSetOf: (item: Item) => S,
    answer: (loaded: LoadedSet<S>, item: Item) => Answer,
  ): Promise<readonly Answer[]> {
    const requested = items.map((item) => ({ item, readSet: readSetOf(item) }));
    const groups = await this.#reader.readGroups(requested.map(({ readSet }) => distinctKeys(readSet)));
    return requested.map(({ item, readSet }, i) => answer(assign(readSet, groups[i] ?? []), item));
  }

  /** See `FreshWriter.write`. */
  change<const S extends ReadSet, Result>(
    readSet: S,
    plan: (loaded: LoadedSet<S>) => Plan<Result>,
  ): Promise<Result> {
    return this.changeWithFollowUp<S, Record<never, never>, Result>(readSet, () => ({}), plan);
  }

  /**
   * The same for a read set whose keys partly depend on other records of it.
   * @param followUp pure; the dependent part of the read set
   */
  changeWithFollowUp<const S extends ReadSet, const More extends ReadSet, Result>(
    readSet: S,
    followUp: (loaded: LoadedSet<S>) => More,
    plan: (loaded: LoadedSet<S> & LoadedSet<More>) => Plan<Result>,
  ): Promise<Result> {
    const request = this.#request;
    return this.#writer.write({
      keys: distinctKeys({ ...readSet, requester: request?.userKey }),
      followUpKeys: (loaded) => distinctKeys(followUp(assign(readSet, loaded))),
      plan: (loaded, followUpLoaded) => {
        const first = assign(readSet, loaded);
        return plan({ ...first, ...assign(followUp(first), [...loaded, ...followUpLoaded]) });
      },
      request,
    });
  }
}

function distinctKeys(readSet: ReadSet): RecordKey[] {
  const keys = new Map<string, RecordKey>();
  for (const key of Object.values(readSet).flatMap((keysOfName) => keysOfName ?? []))
    keys.set(recordId(key), key);
  return [...keys.values()];
}

function assign<S extends ReadSet>(readSet: S, loaded: readonly Loaded[]): LoadedSet<S> {
  const byId = new Map(loaded.map((record) => [recordId(record.key), record]));
  const loadedOf = (key: RecordKey) => byId.get(recordId(key));
  const named = Object.entries(readSet).map(([name, keys]) => [
    name,
    isKeyList(keys) ? keys.map(loadedOf) : keys && loadedOf(keys),
  ]);
  return Object.fromEntries(named) as LoadedSet<S>;
}

function isKeyList(keys: ReadSet[string]): keys is readonly RecordKey[] {
  return Array.isArray(keys);
}
