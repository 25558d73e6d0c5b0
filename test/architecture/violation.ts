/** A violated rule: `from` is a path relative to the root, `to` is what it must not import or contain. */
export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

export function describeViolations(violations: readonly Violation[]): string {
  return violations.map(({ rule, from, to }) => `${rule}: ${from} → ${to}`).join('\n');
}
