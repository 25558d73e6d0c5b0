/** One broken rule: `from` is a path relative to the root, `to` what it should not reach or contain. */
export interface Breach {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

export function describeBreaches(breaches: readonly Breach[]): string {
  return breaches.map(({ rule, from, to }) => `${rule}: ${from} → ${to}`).join('\n');
}
