import { Redis } from 'ioredis';
import { ApiClient } from '../../support/api-client.ts';
import type { RedisServer } from '../../support/redis-server.ts';
import { type RollcallProcess, startRollcall } from '../../support/rollcall-process.ts';
import { waitUntil } from '../../support/wait-until.ts';

/** An instance on a Redis, and a client of it. */
export interface Instance {
  readonly process: RollcallProcess;
  readonly api: ApiClient;
}

/** Starts one that is ready. */
export async function instanceOn(
  redis: RedisServer,
  launch: { readonly folder: string; readonly env?: Readonly<Record<string, string>> },
): Promise<Instance> {
  const env = { CACHE: 'redis', REDIS_URL: redis.url, ...launch.env };
  const process = await startRollcall({ ...launch, env });
  const api = new ApiClient(await process.url());
  await becomesReady(api);
  return { process, api };
}

export function becomesReady(api: ApiClient): Promise<void> {
  return waitUntil('the instance is ready', async () => (await api.get('/health/ready')).status === 200);
}

export async function stop({ process }: Instance): Promise<void> {
  process.signal('SIGTERM');
  const exit = await process.exit();
  if (exit !== 0) throw new Error(`It ended with ${exit}: ${process.stderr}`);
}

/** Asks a Redis directly, past every adapter. */
export async function askRedis<T>(url: string, ask: (raw: Redis) => Promise<T>): Promise<T> {
  const raw = new Redis(url);
  try {
    return await ask(raw);
  } finally {
    raw.disconnect();
  }
}

/** The keys of cached values, among them those that nobody asks for any more. */
export function cachedValues(url: string): Promise<string[]> {
  return askRedis(url, async (raw) => {
    const keys = (await raw.keys('*')).sort();
    const texts = keys.length === 0 ? [] : await raw.mget(keys);
    return keys.filter((_, i) => texts[i]?.includes('"r":{'));
  });
}
