import { MemoryUserStore } from '../../src/adapters/stores/memory/memory-user-store.ts';
import type { Change } from '../../src/domain/change.ts';
import type { LoadedAll, RecordKey } from '../../src/domain/records.ts';
import { StoreServerChanged } from '../../src/ports/errors.ts';
import type { Meta, MetaAnswer, StoreServer } from '../../src/ports/user-store.ts';

/** A shared store with scripted failures of its meta record. */
export class ScriptedMetaStore extends MemoryUserStore {
  override readonly exclusive: boolean = false;
  /** The deadlines of all reads so far. */
  readonly deadlines: number[] = [];
  /** Called before each read of the meta record, with its number from 1. The read rejects if this throws. */
  beforeRead: (count: number, deadline: number) => Promise<void> | void = () => {};
  /** Called after each replacement. */
  afterReplace: () => Promise<void> | void = () => {};
  /** The server that answers from now on. */
  server: StoreServer | undefined;
  override currentServer: StoreServer | undefined = undefined;
  #meta: Meta | undefined;

  override async readMeta(deadline: number): Promise<MetaAnswer> {
    this.deadlines.push(deadline);
    await this.beforeRead(this.deadlines.length, deadline);
    this.currentServer = this.server;
    return { meta: this.#meta, answeredBy: this.server };
  }

  override async replaceMeta(expected: Meta | undefined, next: Meta): Promise<boolean> {
    if (JSON.stringify(expected) !== JSON.stringify(this.#meta)) return false;
    this.#meta = next;
    await this.afterReplace();
    return true;
  }

  override async commit(change: Change, deadline: number, on?: StoreServer): Promise<void> {
    this.currentServer = this.server;
    if (on !== undefined && on !== this.server) throw new StoreServerChanged('another server answers');
    await super.commit(change, deadline);
  }

  override async readMany<const Keys extends readonly RecordKey[]>(
    keys: Keys,
    deadline: number,
  ): Promise<LoadedAll<Keys>> {
    const loaded = await super.readMany(keys, deadline);
    this.currentServer = this.server;
    return loaded;
  }

  /** Replaces the meta record unconditionally, as another program could. */
  set meta(meta: Meta | undefined) {
    this.#meta = meta;
  }
}
