import type { Plan } from '../../domain/change.ts';
import { type Known, type RecordKey, recordId } from '../../domain/records.ts';
import type { FreshReader } from './fresh-reader.ts';
import type { FreshWriter } from './fresh-writer.ts';

/** The records that an answer or a decision needs, by the part that each plays. Two parts may be one record. */
type Cast = Readonly<Record<string, RecordKey | undefined>>;

type KnownCast<C extends Cast> = {
  readonly [Part in keyof C]: C[Part] extends RecordKey
    ? Known<C[Part]>
    : Known<NonNullable<C[Part]>> | undefined;
};

/** All reads and writes of records go through here: never stale, and all parts of one cast were true together. */
export class FreshRecords {
  readonly #reader: FreshReader;
  readonly #writer: FreshWriter;

  constructor(reader: FreshReader, writer: FreshWriter) {
    this.#reader = reader;
    this.#writer = writer;
  }

  /** See `FreshReader.read`. */
  async read<const C extends Cast>(cast: C): Promise<KnownCast<C>> {
    return assign(cast, await this.#reader.read(distinctKeys(cast)));
  }

  /** See `FreshWriter.write`. */
  change<const C extends Cast, Result>(
    cast: C,
    plan: (known: KnownCast<C>) => Plan<Result>,
  ): Promise<Result> {
    return this.#writer.write(distinctKeys(cast), (known) => plan(assign(cast, known)));
  }
}

function distinctKeys(cast: Cast): RecordKey[] {
  const keys = new Map<string, RecordKey>();
  for (const key of Object.values(cast)) if (key !== undefined) keys.set(recordId(key), key);
  return [...keys.values()];
}

function assign<C extends Cast>(cast: C, known: readonly Known[]): KnownCast<C> {
  const byId = new Map(known.map((one) => [recordId(one.key), one]));
  const parts = Object.entries(cast).map(([part, key]) => [part, key && byId.get(recordId(key))]);
  return Object.fromEntries(parts) as KnownCast<C>;
}
