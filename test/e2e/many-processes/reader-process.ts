import { readConfig } from '../../../src/app/composition/config/read-config.ts';
import { createContainer } from '../../../src/app/composition/container.ts';
import { TOKENS } from '../../../src/app/composition/tokens.ts';
import { decode } from '../../../src/app/freshness/cache-entry.ts';
import { parseUsername } from '../../../src/domain/names.ts';

/**
 * An instance without HTTP that reads one user many times concurrently on request. It reports to its parent before it
 * reads the store, for which it waits for permission, when it finds the lease of another reader, and when an operation of
 * the cache fails.
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
const permission = new Promise<void>((resolve) => {
  goOn = resolve;
});
let storeReads = 0;
const readMany = store.readMany.bind(store);
store.readMany = async (keys, deadline) => {
  storeReads += 1;
  report('about to read the store');
  await permission;
  return readMany(keys, deadline);
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
cache.get = async (...parameters) => {
  const text = await reportingFailure('get', () => get(...parameters));
  if (text !== undefined && decode(text).type === 'lease') foundLease();
  return text;
};
const replace = cache.replace.bind(cache);
cache.replace = (...parameters) => reportingFailure('replace', () => replace(...parameters));
const add = cache.add.bind(cache);
cache.add = async (...parameters) => {
  const won = await reportingFailure('add', () => add(...parameters));
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
