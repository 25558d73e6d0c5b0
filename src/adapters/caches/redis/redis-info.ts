/** What a server says of itself that matters here. */
export interface RedisInfo {
  readonly runId: string | undefined;
  readonly role: string | undefined;
  readonly maxMemoryPolicy: string | undefined;
  readonly version: string | undefined;
}

/** Reads the answer to INFO: lines of `field:value`. */
export function parseInfo(answer: string): RedisInfo {
  const fields = new Map(
    answer
      .split('\r\n')
      .map((line) => line.split(/:(.*)/, 2))
      .map(([field = '', value = '']) => [field, value]),
  );
  return {
    runId: fields.get('run_id'),
    role: fields.get('role'),
    maxMemoryPolicy: fields.get('maxmemory_policy'),
    version: fields.get('redis_version'),
  };
}
