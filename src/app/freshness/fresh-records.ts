import type { Plan } from '../../domain/change.ts';
import { type Known, type RecordKey, recordId } from '../../domain/records.ts';
import type { FreshReader } from './fresh-reader.ts';
import type { FreshWriter } from './fresh-writer.ts';
import type { RepeatableRequest } from './repeatable-request.ts';

/**
 * The records that an answer or a decision needs, by the part that each plays: one, several, or none. Two parts may be
 * one record.
 */
type Cast = Readonly<Record<string, RecordKey | readonly RecordKey[] | undefined>>;

type KnownCast<C extends Cast> = {
  readonly [Part in keyof C]: C[Part] extends readonly (infer Key extends RecordKey)[]
    ? readonly Known<Key>[]
    : C[Part] extends RecordKey
      ? Known<C[Part]>
      : Known<Extract<C[Part], RecordKey>> | undefined;
};

/** All reads and writes of records go through here: never stale, and all parts of one cast were true together. */
export class FreshRecords {
  readonly #reader: FreshReader;
  readonly #writer: FreshWriter;

  readonly #request: RepeatableRequest | undefined;

  constructor(reader: FreshReader, writer: FreshWriter, request?: RepeatableRequest) {
    this.#reader = reader;
    this.#writer = writer;
    this.#request = request;
  }

  /** The same, for one request that its sender may repeat: whatever it changes is changed once. */
  once(request: RepeatableRequest): FreshRecords {
    return new FreshRecords(this.#reader, this.#writer, request);
  }

  /** See `FreshReader.read`. */
  async read<const C extends Cast>(cast: C): Promise<KnownCast<C>> {
    return assign(cast, await this.#reader.read(distinctKeys(cast)));
  }

  /** An answer for each item, in their order, from the cast that it needs. See `FreshReader.readGroups`. */
  async readEach<Item, const C extends Cast, Answer>(
    items: readonly Item[],
    castOf: (item: Item) => C,
    answer: (known: KnownCast<C>, item: Item) => Answer,
  ): Promise<readonly Answer[]> {
    const asked = items.map((item) => ({ item, cast: castOf(item) }));
    const groups = await this.#reader.readGroups(asked.map(({ cast }) => distinctKeys(cast)));
    return asked.map(({ item, cast }, i) => answer(assign(cast, groups[i] ?? []), item));
  }

  /** See `FreshWriter.write`. */
  change<const C extends Cast, Result>(
    cast: C,
    plan: (known: KnownCast<C>) => Plan<Result>,
  ): Promise<Result> {
    return this.changeKnowingMore<C, Record<never, never>, Result>(cast, () => ({}), plan);
  }

  /** The same where the whole cast can be told only from a part of it. @param more pure; the rest, from what is known */
  changeKnowingMore<const C extends Cast, const More extends Cast, Result>(
    cast: C,
    more: (known: KnownCast<C>) => More,
    plan: (known: KnownCast<C> & KnownCast<More>) => Plan<Result>,
  ): Promise<Result> {
    const request = this.#request;
    return this.#writer.write({
      keys: distinctKeys({ ...cast, requester: request?.userKey }),
      furtherKeys: (known) => distinctKeys(more(assign(cast, known))),
      plan: (known, further) => {
        const first = assign(cast, known);
        return plan({ ...first, ...assign(more(first), [...known, ...further]) });
      },
      request,
    });
  }
}

function distinctKeys(cast: Cast): RecordKey[] {
  const keys = new Map<string, RecordKey>();
  for (const key of Object.values(cast).flatMap((part) => part ?? [])) keys.set(recordId(key), key);
  return [...keys.values()];
}

function assign<C extends Cast>(cast: C, known: readonly Known[]): KnownCast<C> {
  const byId = new Map(known.map((one) => [recordId(one.key), one]));
  const knownOf = (key: RecordKey) => byId.get(recordId(key));
  const parts = Object.entries(cast).map(([part, keys]) => [
    part,
    isSeveral(keys) ? keys.map(knownOf) : keys && knownOf(keys),
  ]);
  return Object.fromEntries(parts) as KnownCast<C>;
}

function isSeveral(part: Cast[string]): part is readonly RecordKey[] {
  return Array.isArray(part);
}
