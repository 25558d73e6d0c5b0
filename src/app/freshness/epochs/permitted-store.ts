import type { StoreServer } from '../../../ports/epoch.ts';
import { StoreServerChanged } from '../../../ports/errors.ts';
import type { EpochKeeper } from './epoch-keeper.ts';

/** The store as reads use it: each names the server that the permit names, so that no other server's answer is taken. */
export class PermittedStore<Store> {
  readonly #store: { on(server: StoreServer): Store };
  readonly #keeper: EpochKeeper;

  constructor(store: { on(server: StoreServer): Store }, keeper: EpochKeeper) {
    this.#store = store;
    this.#keeper = keeper;
  }

  /**
   * Reads under a valid permit; once more where another server has taken over.
   * @throws what `operation` throws, and `StoreUnavailable`
   */
  async read<T>(operation: (store: Store) => Promise<T>): Promise<{ answer: T; storeServer: StoreServer }> {
    const { storeServer } = await this.#keeper.permit();
    try {
      return { answer: await operation(this.#store.on(storeServer)), storeServer };
    } catch (error) {
      if (!(error instanceof StoreServerChanged)) throw error;
      const { storeServer: successor } = await this.#keeper.fresh();
      return { answer: await operation(this.#store.on(successor)), storeServer: successor };
    }
  }
}
