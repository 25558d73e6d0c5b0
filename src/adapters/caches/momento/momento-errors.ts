import { MomentoErrorCode, SdkError } from '@gomomento/sdk';
import { CacheUnavailable, reasonOf } from '../../../ports/errors.ts';

/** @param cause what the SDK answered or threw */
export function momentoUnavailable(cause: unknown, cacheName: string): CacheUnavailable {
  if (cause instanceof CacheUnavailable) return cause;
  const reason = isCacheNotFound(cause)
    ? `Momento has no cache "${cacheName}": run \`rollcall provision\`.`
    : `Momento failed: ${reasonOf(cause)}`;
  return new CacheUnavailable(reason, { cause });
}

/** Whether Momento answered that there is no such cache. */
export function isCacheMissing(error: unknown): boolean {
  return error instanceof CacheUnavailable && isCacheNotFound(error.cause);
}

/** Whether Momento does not, or no longer, take the key. */
export function isKeyRejected(error: SdkError): boolean {
  const code = error.errorCode();
  return code === MomentoErrorCode.AUTHENTICATION_ERROR || code === MomentoErrorCode.PERMISSION_ERROR;
}

function isCacheNotFound(cause: unknown): boolean {
  return cause instanceof SdkError && cause.errorCode() === MomentoErrorCode.CACHE_NOT_FOUND_ERROR;
}
