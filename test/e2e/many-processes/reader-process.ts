import { readConfig } from '../../../src/app/composition/config/read-config.ts';
import { createContainer } from '../../../src/app/composition/container.ts';
import { TOKENS } from '../../../src/app/composition/tokens.ts';
import { decode } from '../../../src/app/freshness/cache-entry.ts';
import { parseUsername } from '../../../src/domain/names.ts';

/**
 * An instance without its HTTP side that reads one user many times at once when it is told to. It tells its parent when it
 * is about to read the store, for which it needs leave, when it has found that somebody has the lease on the record, and
 * which operations of the cache failed.
 */
export type Order = { readonly read: string; readonly times: number } | 'go on';
export type Report =
  | 'ready'
  | 'about to read the store'
  | 'found a lease'
  | `failed: ${string}`
  | { readonly storeReads: number; readonly missing: number };

const report = (what: Report) => process.send?.(what);

const container = await createContainer(readConfig(process.env));
const [store, cache, service] = await Promise.all([
  container.getAsync(TOKENS.store),
  container.getAsync(TOKENS.cache),
  container.getAsync(TOKENS.accountService),
]);
await (await container.getAsync(TOKENS.startUp)).waitUntilReady();

let goOn = () => {};
const leave = new Promise<void>((resolve) => {
  goOn = resolve;
});
let storeReads = 0;
const on = store.on.bind(store);
store.on = (server) => {
  const records = on(server);
  return Object.assign(Object.create(records) as typeof records, {
    readMany: (async (keys, deadline) => {
      storeReads += 1;
      report('about to read the store');
      await leave;
      return records.readMany(keys, deadline);
    }) as typeof records.readMany,
  });
};
const reportingFailure = async <T>(operation: keyof typeof cache, run: () => Promise<T>): Promise<T> => {
  try {
    return await run();
  } catch (error) {
    report(`failed: ${operation}: ${error}`);
    throw error;
  }
};
let hasFoundLease = false;
const foundLease = () => {
  if (!hasFoundLease) report('found a lease');
  hasFoundLease = true;
};
const get = cache.get.bind(cache);
cache.get = async (...asked) => {
  const text = await reportingFailure('get', () => get(...asked));
  if (text !== undefined && decode(text).type === 'lease') foundLease();
  return text;
};
const replace = cache.replace.bind(cache);
cache.replace = (...asked) => reportingFailure('replace', () => replace(...asked));
const add = cache.add.bind(cache);
cache.add = async (...asked) => {
  const won = await reportingFailure('add', () => add(...asked));
  if (!won) foundLease();
  return won;
};

process.on('message', async (order: Order) => {
  if (order === 'go on') return goOn();
  const caller = { type: 'anonymous' } as const;
  const reads = Array.from({ length: order.times }, () =>
    service.users.get(caller, parseUsername(order.read)),
  );
  const missing = (await Promise.allSettled(reads)).filter(({ status }) => status === 'rejected').length;
  report({ storeReads, missing });
});
process.on('disconnect', () => process.exit());
report('ready');
