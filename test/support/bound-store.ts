import type { RecordStore, UserStore } from '../../src/ports/user-store.ts';

/** A store and its records, as the server that answers now has them. */
export type BoundStore = UserStore & RecordStore;

/** Binds a store whose records can only be reached through `on`. */
export async function bindStore(store: UserStore): Promise<BoundStore> {
  const { answeredBy } = await store.readMeta(performance.now() + 10_000);
  const records = store.on(answeredBy);
  return new Proxy(store, {
    get(target, name) {
      const owner = name in target ? target : records;
      const member: unknown = Reflect.get(owner, name);
      return typeof member === 'function' ? member.bind(owner) : member;
    },
  }) as BoundStore;
}
