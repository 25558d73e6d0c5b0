import { MemoryUserStore } from '../../src/adapters/stores/memory/memory-user-store.ts';
import type { Meta } from '../../src/ports/user-store.ts';

/** A store that others share, whose meta record is read and replaced as a test says. */
export class ScriptedMetaStore extends MemoryUserStore {
  override readonly exclusive: boolean = false;
  /** The deadlines of the reads so far. */
  readonly deadlines: number[] = [];
  /** Asked before each read of the meta record; `count` from 1. What it throws is how the read ends. */
  beforeRead: (count: number, deadline: number) => Promise<void> | void = () => {};
  /** Asked after each replacement. */
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

  /** As if by another program: whatever stood there, this does now. */
  set meta(meta: Meta | undefined) {
    this.#meta = meta;
  }
}
