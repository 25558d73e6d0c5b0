const ADDRESS = /^https?:\/\/[^/?]+/i;

/** Path and query of a request's target, also where it is a whole address (RFC 9112, 3.2); `undefined` = there is none. */
export function pathOf(target: string): string | undefined {
  if (target.includes('#')) return undefined;
  if (target.startsWith('/')) return target;
  if (!ADDRESS.test(target) || !URL.canParse(target)) return undefined;
  const path = target.replace(ADDRESS, '');
  return path.startsWith('/') ? path : `/${path}`;
}
