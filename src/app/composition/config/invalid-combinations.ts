import { COMMIT_SHARE_OF_MARKER_TTL } from '../../freshness/freshness-settings.ts';
import { MOMENTO_ACCESS, type Values } from './variables.ts';

const NO_PRODUCTION_AUTH =
  'this version has no AUTH for production: AUTH=header accepts any username without verification and is for development only';

/** Combinations of valid settings that would be stale or unsafe. A value that is absent was not valid itself. */
export function invalidCombinations(values: Partial<Values>): string[] {
  return [
    ...unsafeAuth(values),
    ...unsafeHost(values),
    ...unsharedCache(values),
    ...ambiguousMomentoAccess(values),
    ...commitLongerThanMarker(values),
  ];
}

function unsafeAuth(values: Partial<Values>): string[] {
  const { NODE_ENV, AWS_LAMBDA_FUNCTION_NAME, AUTH } = values;
  const given = AUTH === undefined ? 'not set' : JSON.stringify(AUTH);
  const isAuthValid = 'AUTH' in values;
  return [
    ...(NODE_ENV === 'production' && isAuthValid
      ? [`AUTH: ${given}, with NODE_ENV=production; ${NO_PRODUCTION_AUTH}`]
      : []),
    ...(AWS_LAMBDA_FUNCTION_NAME !== undefined && isAuthValid
      ? [`AUTH: ${given}, on AWS Lambda; ${NO_PRODUCTION_AUTH}`]
      : []),
  ];
}

function unsafeHost({ HOST }: Partial<Values>): string[] {
  if (HOST === undefined || isLoopback(HOST)) return [];
  return [
    `HOST: ${JSON.stringify(HOST)} is not allowed with AUTH=header; expected: a loopback address (127.0.0.1, ::1 or localhost)`,
  ];
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function unsharedCache({ STORE, CACHE }: Partial<Values>): string[] {
  if (CACHE !== 'memory' || (STORE !== 'dynamodb' && STORE !== 'postgres')) return [];
  return [
    `CACHE: "memory" is not allowed with STORE=${STORE}, because other instances cannot invalidate a cache in this process; ` +
      'expected: none, redis or momento',
  ];
}

function ambiguousMomentoAccess(values: Partial<Values>): string[] {
  const set = MOMENTO_ACCESS.filter((name) => values[name] !== undefined);
  if (values.CACHE !== 'momento' || set.length === 1) return [];
  return [
    `CACHE: "momento" with ${set.join(' and ') || 'no credentials'}; expected: exactly one of ${MOMENTO_ACCESS.join(', ')}`,
  ];
}

function commitLongerThanMarker({ MARKER_TTL_MS, STORE_TIMEOUT_MS }: Partial<Values>): string[] {
  if (MARKER_TTL_MS === undefined || STORE_TIMEOUT_MS === undefined) return [];
  const longest = Math.floor(MARKER_TTL_MS * COMMIT_SHARE_OF_MARKER_TTL);
  if (STORE_TIMEOUT_MS <= longest) return [];
  return [
    `STORE_TIMEOUT_MS: "${STORE_TIMEOUT_MS}" is too long with MARKER_TTL_MS=${MARKER_TTL_MS}; ` +
      `expected: at most ${longest}, so that no commit outlives its marker`,
  ];
}
