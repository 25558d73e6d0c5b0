/** The fields of a server's INFO that the adapter uses. Fields that it does not report are `undefined`. */
export interface RedisInfo {
  readonly product: 'Redis' | 'Valkey';
  readonly version: string | undefined;
  /** Identifies the process. */
  readonly runId: string | undefined;
  /** `standalone`, `cluster` or `sentinel`. */
  readonly mode: string | undefined;
  /** `master` or `slave`. */
  readonly role: string | undefined;
  /** Identifies the server's term as a primary: new with every promotion. A replica has the one of its primary. */
  readonly replicationId: string | undefined;
  /** The replication id of the primary that this server replaced when it was promoted. */
  readonly previousReplicationId: string | undefined;
  readonly isLoading: boolean;
  readonly maxMemoryPolicy: string | undefined;
}

/** Parses a reply to INFO: lines of `field:value`. */
export function parseInfo(reply: string): RedisInfo {
  const fields = new Map(
    reply
      .split('\r\n')
      .map((line) => line.split(/:(.*)/, 2))
      .map(([field = '', value = '']) => [field, value]),
  );
  // Valkey also reports a `redis_version`: the Redis release that it is compatible with.
  const valkeyVersion = fields.get('valkey_version');
  const isValkey = valkeyVersion !== undefined || fields.get('server_name') === 'valkey';
  return {
    product: isValkey ? 'Valkey' : 'Redis',
    version: isValkey ? valkeyVersion : fields.get('redis_version'),
    runId: fields.get('run_id'),
    mode: fields.get('redis_mode') ?? fields.get('server_mode'),
    role: fields.get('role'),
    replicationId: fields.get('master_replid'),
    previousReplicationId: fields.get('master_replid2'),
    isLoading: fields.get('loading') === '1',
    maxMemoryPolicy: fields.get('maxmemory_policy'),
  };
}
