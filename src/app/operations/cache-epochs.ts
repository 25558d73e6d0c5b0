import type { Clock } from '../../ports/clock.ts';
import type { Finding } from '../../ports/diagnosis.ts';
import type { Epoch } from '../../ports/epoch.ts';
import { StoreUnavailable } from '../../ports/errors.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Meta, MetaStore } from '../../ports/meta-store.ts';
import type { CacheIdentity } from '../freshness/epochs/cache-identity.ts';
import { type EpochKeeper, isSameRecord } from '../freshness/epochs/epoch-keeper.ts';
import type { EpochSettings } from '../freshness/epochs/epoch-settings.ts';
import type { Permit } from '../freshness/epochs/permit.ts';
import * as transitions from '../freshness/epochs/transitions.ts';

/** Versions before epochs compare this with their own setting, and refuse to start. */
const REQUIRES_EPOCHS = 'this store requires a version of Rollcall with epochs';
const MAX_ATTEMPTS = 5;
const POLL_MS = 200;

/** What an operator does to the epoch of a store. */
export class CacheEpochs {
  readonly #parts: {
    readonly store: MetaStore;
    readonly keeper: EpochKeeper;
    readonly identity: CacheIdentity;
    readonly clock: Clock;
    readonly ids: Pick<Ids, 'token'>;
    readonly settings: EpochSettings & { readonly storeTimeoutMs: number };
  };

  constructor(parts: {
    store: MetaStore;
    keeper: EpochKeeper;
    identity: CacheIdentity;
    clock: Clock;
    ids: Pick<Ids, 'token'>;
    settings: EpochSettings & { readonly storeTimeoutMs: number };
  }) {
    this.#parts = parts;
  }

  /** Gives a new store its record, closed: no instance can hold a permit of a store that had none. */
  async provision(): Promise<readonly Finding[]> {
    const { keeper, settings } = this.#parts;
    return this.#replace((meta, answeredBy) => {
      if (meta !== undefined) return { level: 'ok', what: 'epoch: the store has its meta record already' };
      const epoch = transitions.closedExclusively(undefined, answeredBy, settings, keeper.note('first use'));
      const what = `epoch: meta record created, closed; PERMIT_MS=${settings.permitMs} and MARKER_TTL_MS=${settings.commitMs} are fixed in it`;
      return { next: { ...this.#metaFrom(meta), epoch }, what };
    });
  }

  /** Ends the epoch while instances run: nothing cached so far is believed again. They begin another one. */
  async reset(): Promise<readonly Finding[]> {
    const { store, keeper, clock, settings } = this.#parts;
    if (store.exclusive) return this.#resetExclusively();
    for (;;) {
      const permit = await keeper.fresh();
      const { epoch } = permit.meta;
      if (epoch === undefined) return [needsUpgrade()];
      switch (epoch.state) {
        case 'closed': {
          const what = `epoch ${epoch.n} is closed; nothing cached so far is believed, and running instances open a new one`;
          return [{ level: 'ok', what }];
        }
        case 'open':
          await keeper.change(permit, transitions.closing(epoch, keeper.note('reset')));
          break;
        case 'opening':
          await keeper.change(permit, transitions.closed(epoch, settings, keeper.note('reset')));
          break;
        case 'closing':
          if (keeper.seenForMs < epoch.waitMs) await clock.sleep(POLL_MS);
          else await this.#close(permit, epoch);
      }
    }
  }

  /** No other process has the store open, so that no permit is in use. */
  #resetExclusively(): Promise<readonly Finding[]> {
    const { keeper, settings } = this.#parts;
    return this.#replace((meta, answeredBy) => {
      const epoch = transitions.closedExclusively(meta?.epoch, answeredBy, settings, keeper.note('reset'));
      const what = `epoch ${epoch.n} is closed; nothing cached so far is believed`;
      return { next: { ...this.#metaFrom(meta), epoch }, what };
    });
  }

  /** Begins epochs on a store that a version before them has used. No instance of that version may be running. */
  async upgrade(): Promise<readonly Finding[]> {
    const { keeper, settings } = this.#parts;
    return this.#replace((meta, answeredBy) => {
      if (meta?.epoch !== undefined)
        return { level: 'ok', what: `the store has epochs already (${meta.epoch.n})` };
      const epoch = transitions.closingForStore(undefined, answeredBy, settings, keeper.note('upgrade'));
      const next = { ...this.#metaFrom(meta), cache: REQUIRES_EPOCHS, epoch };
      return { next, what: 'the store has epochs now; running instances open the first one within seconds' };
    });
  }

  /** Goes back to a version before epochs. No instance of any version may be running. */
  async downgrade(): Promise<readonly Finding[]> {
    const { identity, ids } = this.#parts;
    return this.#replace((meta) => {
      if (meta?.epoch === undefined) return { level: 'ok', what: 'the store has no epochs' };
      const next = { storeId: ids.token(), generation: meta.generation + 1, cache: identity.description };
      return { next, what: `the store has no epochs any more; registered cache: "${identity.description}"` };
    });
  }

  async #close(permit: Permit, epoch: Epoch): Promise<void> {
    const { keeper, settings } = this.#parts;
    const current = await keeper.fresh();
    if (!isSameRecord(current, permit)) return;
    await keeper.change(current, transitions.closed(epoch, settings, keeper.note('reset')));
  }

  async #replace(
    decide: (
      meta: Meta | undefined,
      answeredBy: string,
    ) => Finding | { readonly next: Meta; readonly what: string },
  ): Promise<readonly Finding[]> {
    const { store, clock, settings } = this.#parts;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const deadline = clock.monotonic() + settings.storeTimeoutMs;
      const { meta, answeredBy } = await store.readMeta(deadline);
      const decision = decide(meta, answeredBy);
      if (!('next' in decision)) return [decision];
      if (await store.replaceMeta(meta, decision.next, answeredBy, deadline)) {
        return [{ level: 'ok', what: decision.what }];
      }
    }
    throw new StoreUnavailable('The meta record of the store keeps changing. Try again.');
  }

  #metaFrom(meta: Meta | undefined): Meta {
    const { ids, identity } = this.#parts;
    return meta ?? { storeId: ids.token(), generation: 1, cache: identity.description };
  }
}

function needsUpgrade(): Finding {
  return {
    level: 'problem',
    what: 'the store was last used by a version of Rollcall without epochs',
    advice: 'when no instance of that version is running any more, run `rollcall cache upgrade`',
  };
}
