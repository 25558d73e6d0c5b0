import type { ApiClient, ApiResponse, Role } from '../../support/api-client.ts';
import { asAdmin } from './fleet-on.ts';

const ROLES: readonly Role[] = ['Owner', 'Admin', 'Member'];
/** The relative frequency of each kind. */
const KINDS = {
  role: 16,
  remove: 3,
  leave: 3,
  transfer: 12,
  add: 20,
  'delete user': 2,
  'create user': 5,
  'suspdelete user': 1,
  'resume user': 5,
  suspend: 1,
  resume: 6,
  delete: 1,
  create: 4,
};
type Kind = keyof typeof KINDS;

/** A request of a user or a service about a user and an organization. */
export interface Operation {
  readonly kind: Kind;
  /** The users that try it, in this order. */
  readonly by: readonly string[];
  readonly to: string;
  readonly organization: string;
  readonly role: Role;
}

/** Generates the same operations for the same seed. */
export function randomOperations(of: {
  readonly seed: number;
  readonly count: number;
  readonly organizations: readonly string[];
  readonly users: readonly string[];
}): Operation[] {
  let state = of.seed;
  const randomBelow = (end: number): number => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % end;
  };
  const oneOf = <T>(all: readonly T[]): T => all[randomBelow(all.length)] as T;
  const rotated = <T>(all: readonly T[]): readonly T[] => {
    const start = randomBelow(all.length);
    return [...all.slice(start), ...all.slice(0, start)];
  };
  const kinds = (Object.keys(KINDS) as Kind[]).flatMap((kind) =>
    Array.from({ length: KINDS[kind] }, () => kind),
  );
  return Array.from({ length: of.count }, () => ({
    kind: oneOf(kinds),
    by: rotated(of.users),
    to: oneOf(of.users),
    organization: oneOf(of.organizations),
    role: oneOf(ROLES),
  }));
}

export function execute(
  api: ApiClient,
  by: string,
  { kind, to, organization, role }: Operation,
): Promise<ApiResponse> {
  const path = `/organizations/${organization}`;
  const me = api.as(by);
  const admin = asAdmin(api);
  switch (kind) {
    case 'role':
      return me.patch(`${path}/members/${to}`, { role });
    case 'remove':
      return me.delete(`${path}/members/${to}`);
    case 'leave':
      return me.delete(`${path}/members/${by}`);
    case 'transfer':
      return me.post(`${path}/ownership-transfers`, { toUsername: to });
    case 'add':
      return me.post(`${path}/members`, { memberUsername: to, role });
    case 'delete user':
      return me.delete(`/users/${by}`);
    case 'create user':
      return api.post('/users', { username: to, firstName: 'Some', lastName: 'Body' });
    case 'suspdelete user':
      return admin.post(`/users/${to}/suspend`, {});
    case 'resume user':
      return admin.post(`/users/${to}/resume`, {});
    case 'suspend':
      return admin.post(`${path}/suspend`, {});
    case 'resume':
      return admin.post(`${path}/resume`, {});
    case 'delete':
      return me.delete(path);
    case 'create':
      return me.post('/organizations', { organizationName: organization });
  }
}
