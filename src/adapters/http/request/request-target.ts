const ORIGIN = /^https?:\/\/[^/?]+/i;

/** Path and query of a request target, also in absolute form (RFC 9112, section 3.2); `undefined` = the target has no path. */
export function pathOf(target: string): string | undefined {
  if (target.includes('#')) return undefined;
  if (target.startsWith('/')) return target;
  if (!ORIGIN.test(target) || !URL.canParse(target)) return undefined;
  const path = target.replace(ORIGIN, '');
  return path.startsWith('/') ? path : `/${path}`;
}
