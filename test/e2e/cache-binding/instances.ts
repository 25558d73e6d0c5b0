import { Redis } from 'ioredis';
import { ApiClient } from '../../support/api-client.ts';
import type { RedisServer } from '../../support/redis-server.ts';
import { type RollcallProcess, startRollcall } from '../../support/rollcall-process.ts';
import { waitUntil } from '../../support/wait-until.ts';

/** An instance with a Redis cache, and a client of it. */
export interface Instance {
  readonly process: RollcallProcess;
  readonly api: ApiClient;
}

/** Starts an instance and waits until it is ready. */
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
  if (exit !== 0) throw new Error(`the instance ended with ${exit}: ${process.stderr}`);
}

/** Sends commands to a Redis without an adapter. */
export async function askRedis<T>(url: string, run: (raw: Redis) => Promise<T>): Promise<T> {
  const raw = new Redis(url);
  try {
    return await run(raw);
  } finally {
    raw.disconnect();
  }
}

/** The keys of cached values, including unreachable ones of earlier generations. */
export function cachedValues(url: string): Promise<string[]> {
  return askRedis(url, async (raw) => {
    const keys = (await raw.keys('*')).sort();
    const texts = keys.length === 0 ? [] : await raw.mget(keys);
    return keys.filter((_, i) => texts[i]?.includes('"r":{'));
  });
}
