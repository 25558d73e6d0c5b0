import { MomentoErrorCode, SdkError } from '@gomomento/sdk';
import { CacheUnavailable, reasonOf } from '../../../ports/errors.ts';
import { describeNetworkError } from '../../../ports/network-error.ts';

/** @param cause what the SDK returned or threw */
export function momentoUnavailable(cause: unknown, cacheName: string): CacheUnavailable {
  if (cause instanceof CacheUnavailable) return cause;
  return new CacheUnavailable(describe(cause, cacheName), { cause });
}

/** Whether Momento replied that the cache does not exist. */
export function isCacheMissing(error: unknown): boolean {
  return (
    error instanceof CacheUnavailable &&
    error.cause instanceof SdkError &&
    error.cause.errorCode() === MomentoErrorCode.CACHE_NOT_FOUND_ERROR
  );
}

/** Whether Momento does not accept the key, or no longer does. */
export function isKeyRejected(error: SdkError): boolean {
  const code = error.errorCode();
  return code === MomentoErrorCode.AUTHENTICATION_ERROR || code === MomentoErrorCode.PERMISSION_ERROR;
}

function describe(cause: unknown, cacheName: string): string {
  const reason = reasonOf(cause).trim();
  if (!(cause instanceof SdkError)) return `Momento failed: ${reason}`;
  switch (cause.errorCode()) {
    case MomentoErrorCode.CACHE_NOT_FOUND_ERROR:
      return `Momento has no cache "${cacheName}": run \`rollcall provision\``;
    case MomentoErrorCode.AUTHENTICATION_ERROR:
      return `Momento rejected the API key: ${reason}`;
    case MomentoErrorCode.PERMISSION_ERROR:
      return `Momento denied permission: ${reason}; use an API key that may read and write this cache`;
    case MomentoErrorCode.LIMIT_EXCEEDED_ERROR:
      return `Momento rejected the request because of a limit: ${reason}`;
    case MomentoErrorCode.TIMEOUT_ERROR:
      return `Momento did not answer in time: ${reason}`;
    case MomentoErrorCode.SERVER_UNAVAILABLE:
      return describeUnavailable(reason);
    default:
      return `Momento failed: ${reason}`;
  }
}

/** The status UNAVAILABLE is sent by the server, or set by gRPC while it has no connection. */
function describeUnavailable(reason: string): string {
  if (!/no connection established|name resolution failed/i.test(reason)) {
    return `Momento is unavailable: ${reason}`;
  }
  const [, code, address] = /\bconnect (E[A-Z]+) (\S+)/.exec(reason) ?? [];
  const network = describeNetworkError(Object.assign(new Error(reason), { code, address }));
  return `Momento cannot be reached: ${network ?? reason}`;
}
