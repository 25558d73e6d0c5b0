import type { ApiClient, ApiResponse, Role } from '../../support/api-client.ts';
import { asAdmin } from './fleet-on.ts';

const ROLES: readonly Role[] = ['Owner', 'Admin', 'Member'];
/** How often each comes, against the others. */
const KINDS = {
  role: 16,
  remove: 3,
  leave: 3,
  transfer: 12,
  add: 20,
  'end user': 2,
  'make user': 5,
  'suspend user': 1,
  'resume user': 5,
  suspend: 1,
  resume: 6,
  end: 1,
  found: 4,
};
type Kind = keyof typeof KINDS;

/** What somebody does to somebody in an organization, or a service to them. */
export interface Operation {
  readonly kind: Kind;
  /** Who may try, in this order. */
  readonly by: readonly string[];
  readonly to: string;
  readonly organization: string;
  readonly role: Role;
}

/** The same ones whenever the seed is the same. */
export function randomOperations(of: {
  readonly seed: number;
  readonly count: number;
  readonly organizations: readonly string[];
  readonly users: readonly string[];
}): Operation[] {
  let state = of.seed;
  const below = (end: number): number => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % end;
  };
  const one = <T>(all: readonly T[]): T => all[below(all.length)] as T;
  const fromAnywhere = <T>(all: readonly T[]): readonly T[] => {
    const start = below(all.length);
    return [...all.slice(start), ...all.slice(0, start)];
  };
  const kinds = (Object.keys(KINDS) as Kind[]).flatMap((kind) =>
    Array.from({ length: KINDS[kind] }, () => kind),
  );
  return Array.from({ length: of.count }, () => ({
    kind: one(kinds),
    by: fromAnywhere(of.users),
    to: one(of.users),
    organization: one(of.organizations),
    role: one(ROLES),
  }));
}

export function does(
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
    case 'end user':
      return me.delete(`/users/${by}`);
    case 'make user':
      return api.post('/users', { username: to, firstName: 'Some', lastName: 'Body' });
    case 'suspend user':
      return admin.post(`/users/${to}/suspend`, {});
    case 'resume user':
      return admin.post(`/users/${to}/resume`, {});
    case 'suspend':
      return admin.post(`${path}/suspend`, {});
    case 'resume':
      return admin.post(`${path}/resume`, {});
    case 'end':
      return me.delete(path);
    case 'found':
      return me.post('/organizations', { organizationName: organization });
  }
}
