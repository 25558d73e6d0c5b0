const ID = /^(user|org)_[0-9a-f]{32}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
/** What a document writes for a value that it does not show. */
const OMITTED = '…';

/** JSON in the order of its members, with ids and times that differ from run to run made equal. */
export function comparableJson(text: string, shown: unknown = JSON.parse(text)): string {
  return JSON.stringify(comparable(JSON.parse(text), shown), null, 1);
}

/** @param shown what the document shows in this place */
function comparable(value: unknown, shown: unknown): unknown {
  if (shown === OMITTED) return OMITTED;
  if (Array.isArray(value))
    return value.map((one, i) => comparable(one, Array.isArray(shown) ? shown[i] : undefined));
  if (typeof value === 'object' && value !== null) {
    const members = new Map(Object.entries(shown ?? {}));
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, comparable(one, members.get(name))]),
    );
  }
  if (typeof value !== 'string') return value;
  if (ID.test(value)) return '(id)';
  if (TIME.test(value)) return '(time)';
  return UUID.test(value) ? '(uuid)' : value;
}

/** Matches text as a document shows it: `…` is anything on the same line. */
export function patternOf(shown: string): RegExp {
  const parts = shown.trim().split(OMITTED);
  return new RegExp(`^${parts.map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('.+')}$`);
}
