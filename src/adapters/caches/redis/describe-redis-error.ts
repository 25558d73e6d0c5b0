import { CacheUnavailable, reasonOf } from '../../../ports/errors.ts';
import { describeNetworkError } from '../../../ports/network-error.ts';

/** What to do about errors that the server replies, by their first word. */
const ADVICE: Readonly<Record<string, string>> = {
  CROSSSLOT: 'Redis Cluster is not supported',
  MOVED: 'Redis Cluster is not supported',
  NOAUTH: 'set the user and password in REDIS_URL',
  NOPERM: 'grant this user INFO, GET, MGET, SET and EVAL on all keys that begin with CACHE_PREFIX',
  OOM: 'raise maxmemory, or set maxmemory-policy to allkeys-lru',
  READONLY: 'REDIS_URL must point to the primary',
  WRONGPASS: 'check the user and password in REDIS_URL',
};

/** Whether the driver reports only that a command failed; it reports the cause in a separate error. */
export function isWithoutCause(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === 'MaxRetriesPerRequestError' || error.message.startsWith("Stream isn't writeable"))
  );
}

/** Why there is no usable connection, in one line. */
export function describeConnectionError(error: unknown): string {
  if (error instanceof CacheUnavailable) return error.message;
  const reply = describeReply(error);
  if (reply !== undefined) return reply;
  const network = describeNetworkError(error);
  if (network === undefined) return `the connection to Redis failed: ${detailOf(error)}`;
  return codeOf(error) === 'ECONNRESET'
    ? `Redis closed the connection: ${network}`
    : `Redis cannot be reached: ${network}`;
}

/** Why a command failed, in one line. */
export function describeCommandError(error: unknown): string {
  if (isWithoutCause(error)) return 'the connection to Redis was lost before it answered';
  return describeReply(error) ?? `Redis did not answer: ${describeNetworkError(error) ?? detailOf(error)}`;
}

/** Never includes the arguments of the command. */
function describeReply(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return undefined;
  const { command } = error as { command?: { readonly name?: string } };
  const name = command?.name?.toUpperCase() ?? 'the command';
  const advice = ADVICE[error.message.split(' ')[0] ?? ''];
  return `Redis rejected ${name}: ${error.message.replace(/\.$/, '')}${advice === undefined ? '' : `; ${advice}`}`;
}

/** The reason of a TLS failure without OpenSSL's file names and line numbers. */
function detailOf(error: unknown): string {
  const { reason } = (error ?? {}) as { readonly reason?: unknown };
  return typeof reason === 'string' ? reason : reasonOf(error);
}

function codeOf(error: unknown): unknown {
  return ((error ?? {}) as { readonly code?: unknown }).code;
}
