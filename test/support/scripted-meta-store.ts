import { MemoryUserStore } from '../../src/adapters/stores/memory/memory-user-store.ts';
import type { Meta } from '../../src/ports/user-store.ts';

/** A shared store with scripted failures of its meta record. */
export class ScriptedMetaStore extends MemoryUserStore {
  override readonly exclusive: boolean = false;
  /** The deadlines of all reads so far. */
  readonly deadlines: number[] = [];
  /** Called before each read of the meta record, with its number from 1. The read rejects if this throws. */
  beforeRead: (count: number, deadline: number) => Promise<void> | void = () => {};
  /** Called after each replacement. */
  afterReplace: () => Promise<void> | void = () => {};
  #meta: Meta | undefined;

  override async readMeta(deadline: number): Promise<Meta | undefined> {
    this.deadlines.push(deadline);
    await this.beforeRead(this.deadlines.length, deadline);
    return this.#meta;
  }

  override async replaceMeta(expected: Meta | undefined, next: Meta): Promise<boolean> {
    if (JSON.stringify(expected) !== JSON.stringify(this.#meta)) return false;
    this.#meta = next;
    await this.afterReplace();
    return true;
  }

  /** Replaces the meta record unconditionally, as another program could. */
  set meta(meta: Meta | undefined) {
    this.#meta = meta;
  }
}
