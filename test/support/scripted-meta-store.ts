import { MemoryUserStore } from '../../src/adapters/stores/memory/memory-user-store.ts';
import type { StoreServer } from '../../src/ports/epoch.ts';
import { StoreServerChanged } from '../../src/ports/errors.ts';
import type { Meta, MetaAnswer } from '../../src/ports/meta-store.ts';
import type { RecordStore } from '../../src/ports/user-store.ts';

/** A shared store with scripted failures of its meta record, and a scripted server. */
export class ScriptedMetaStore extends MemoryUserStore {
  override readonly exclusive: boolean = false;
  /** The server that answers. */
  server: StoreServer = 'first';
  /** The deadlines of all reads so far. */
  readonly deadlines: number[] = [];
  /** Called before each read of the meta record, with its number from 1. The read rejects if this throws. */
  beforeRead: (count: number, deadline: number) => Promise<void> | void = () => {};
  /** Called before each replacement. */
  beforeReplace: (next: Meta) => Promise<void> | void = () => {};
  /** Called after each replacement. */
  afterReplace: () => Promise<void> | void = () => {};
  #meta: Meta | undefined;

  override on(server: StoreServer): RecordStore {
    if (server !== this.server) throw new StoreServerChanged('scripted');
    return this;
  }

  override async readMeta(deadline: number): Promise<MetaAnswer> {
    this.deadlines.push(deadline);
    const answer = { meta: this.#meta, answeredBy: this.server };
    await this.beforeRead(this.deadlines.length, deadline);
    return { ...answer, meta: this.#meta };
  }

  override async replaceMeta(expected: Meta | undefined, next: Meta, on: StoreServer): Promise<boolean> {
    await this.beforeReplace(next);
    this.on(on);
    if (JSON.stringify(expected) !== JSON.stringify(this.#meta)) return false;
    this.#meta = next;
    await this.afterReplace();
    return true;
  }

  get meta(): Meta | undefined {
    return this.#meta;
  }

  /** Replaces the meta record unconditionally, as another program could. */
  set meta(meta: Meta | undefined) {
    this.#meta = meta;
  }
}
