/** The parameters that are supported, with the meaning that libpq documents. */
export const SUPPORTED = [
  'application_name',
  'channel_binding',
  'dbname',
  'gssencmode',
  'host',
  'options',
  'password',
  'port',
  'sslcert',
  'sslkey',
  'sslmode',
  'sslnegotiation',
  'sslrootcert',
  'target_session_attrs',
  'user',
] as const;
export type Parameter = (typeof SUPPORTED)[number];

const POOL_SIZE = 'set DATABASE_POOL_MAX instead';
const TIME = 'set STORE_TIMEOUT_MS instead, from which all timeouts are derived';
const SCHEMA = 'the schema is always "rollcall"; remove it';

/** What to do about parameters of other programs and drivers, by their names in lower case, without "_" and "-". */
const ADVICE: Readonly<Record<string, string>> = {
  connectionlimit: POOL_SIZE,
  max: POOL_SIZE,
  maxpoolsize: POOL_SIZE,
  poolmax: POOL_SIZE,
  poolsize: POOL_SIZE,
  poolmaxconns: POOL_SIZE,
  connecttimeout: TIME,
  connectiontimeout: TIME,
  connectiontimeoutmillis: TIME,
  idleintransactionsessiontimeout: TIME,
  locktimeout: TIME,
  pooltimeout: TIME,
  querytimeout: TIME,
  sockettimeout: TIME,
  statementtimeout: TIME,
  schema: SCHEMA,
  currentschema: SCHEMA,
  searchpath: SCHEMA,
  pgbouncer: 'Rollcall works behind PgBouncer without a setting; remove it',
  preparethreshold: 'Rollcall works behind PgBouncer without a setting; remove it',
  statementcachesize: 'Rollcall uses no named statements; remove it',
  uselibpqcompat: 'sslmode has the meaning of libpq already; remove it',
  loadbalancehosts: 'Rollcall uses the primary only; remove it',
  clientencoding: 'the encoding is always UTF8; remove it',
  fallbackapplicationname: 'write application_name',
  ssl: 'write sslmode, for example sslmode=verify-full',
  tls: 'write sslmode, for example sslmode=verify-full',
  sslca: 'write sslrootcert',
  database: 'write dbname',
  db: 'write dbname',
  username: 'write user',
  hostname: 'write host',
  hostaddr: 'write host with the address, and use sslmode=verify-ca if the certificate names no address',
};

const NORMALIZED = new Map(SUPPORTED.map((name) => [normalized(name), name]));

export function isSupported(name: string): name is Parameter {
  return (SUPPORTED as readonly string[]).includes(name);
}

/** Why a parameter is not accepted, and what to do. */
export function refusalOf(name: string): string {
  const similar = NORMALIZED.get(normalized(name));
  if (similar !== undefined) return `${name} is not a parameter; write ${similar}`;
  const advice = Object.hasOwn(ADVICE, normalized(name)) ? ADVICE[normalized(name)] : undefined;
  return advice === undefined
    ? `${name} is not supported; supported: ${SUPPORTED.join(', ')}`
    : `${name} is not supported; ${advice}`;
}

function normalized(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, '');
}
