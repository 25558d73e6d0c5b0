/** Errors of the operating system and of its resolver, by their codes. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  EAI_AGAIN: 'host name lookup failed',
  ECONNABORTED: 'connection aborted',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ENOTFOUND: 'host name not found',
  EPIPE: 'connection closed',
  ETIMEDOUT: 'connection timed out',
};

/** A network error in words, with its address: `connection refused (127.0.0.1:6379)`. `undefined` = another error. */
export function describeNetworkError(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // Node tries each address of a host name, and reports all failures at once.
  if (error instanceof AggregateError && error.errors.length > 0)
    return describeNetworkError(error.errors[0]);
  const { code, address, port, hostname } = error as Error & Readonly<Record<string, unknown>>;
  const description = typeof code === 'string' ? DESCRIPTIONS[code] : undefined;
  if (description === undefined) return undefined;
  const target = address ?? hostname;
  if (target === undefined) return description;
  return `${description} (${target}${port === undefined ? '' : `:${port}`})`;
}
