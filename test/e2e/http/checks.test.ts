import { expect } from 'chai';
import {
  type ApiResponse,
  createOrganization,
  createUsers,
  invalidFields,
  problemOf,
  type Role,
} from '../../support/api-client.ts';
import { useEmbeddedService } from '../../support/use-service.ts';

const ROLES = ['Owner', 'Admin', 'Member'] as const;

/** Each permission, with the lowest role that has it. */
const PERMISSIONS: Readonly<Record<string, Role>> = {
  'organization.read': 'Member',
  'organization.update': 'Admin',
  'organization.delete': 'Owner',
  'members.read': 'Member',
  'members.add': 'Admin',
  'members.update': 'Admin',
  'members.remove': 'Admin',
  'owners.manage': 'Owner',
  'invitations.manage': 'Admin',
  'events.read': 'Admin',
};

describe('POST /checks', () => {
  const service = useEmbeddedService();
  const { api } = service;

  before(async () => {
    await createOrganization(api, 'Acme', {
      owner: 'Owner',
      admin: 'Admin',
      member: 'Member',
      suspended: 'Member',
      deleted: 'Member',
    });
    await createOrganization(api, 'Frozen', { frozen: 'Owner' });
    await createOrganization(api, 'Removed', { former: 'Owner' });
    await createUsers(api, 'stranger');
    await service.admin.post('/users/suspended/suspend', {});
    await service.admin.post('/organizations/frozen/suspend', {});
    await api.as('deleted').delete('/users/deleted');
    await api.as('former').delete('/organizations/removed');
  });

  const post = (checks: unknown, by = service.reader): Promise<ApiResponse> => by.post('/checks', { checks });
  const results = async (checks: readonly unknown[], by = service.reader) => {
    const { status, body, text } = await post(checks, by);
    expect(status, text).to.equal(200);
    expect(body).to.have.all.keys('results');
    return body.results;
  };
  const resultOf = async (check: unknown, by = service.reader) => (await results([check], by))?.[0];
  const isAtLeast = (role: Role, minimum: Role): boolean => ROLES.indexOf(role) <= ROLES.indexOf(minimum);

  for (const role of ROLES) {
    const check = { organization: 'acme', username: role.toLowerCase() };

    it(`allows every member, here ${role}, without a role or a permission`, async () => {
      expect(await resultOf(check)).to.deep.equal({ allowed: true, role, version: 1 });
    });

    it(`compares ${role} with the required role as a minimum`, async () => {
      expect(await results(ROLES.map((minimum) => ({ ...check, role: minimum })))).to.deep.equal(
        ROLES.map((minimum) =>
          isAtLeast(role, minimum)
            ? { allowed: true, role, version: 1 }
            : { allowed: false, reason: 'role_too_low', role, version: 1 },
        ),
      );
    });

    it(`allows ${role} the permissions of that role`, async () => {
      const checks = Object.keys(PERMISSIONS).map((permission) => ({ ...check, permission }));
      expect(await results(checks)).to.deep.equal(
        Object.values(PERMISSIONS).map((minimum) =>
          isAtLeast(role, minimum)
            ? { allowed: true, role, version: 1 }
            : { allowed: false, reason: 'permission_missing', role, version: 1 },
        ),
      );
    });
  }

  it('requires both the role and the permission if both are given', async () => {
    const admin = { organization: 'acme', username: 'admin' };
    expect(
      await results([
        { ...admin, role: 'Admin', permission: 'members.add' },
        { ...admin, role: 'Owner', permission: 'members.add' },
        { ...admin, role: 'Member', permission: 'owners.manage' },
        { ...admin, role: 'Owner', permission: 'owners.manage' },
      ]),
    ).to.deep.equal([
      { allowed: true, role: 'Admin', version: 1 },
      { allowed: false, reason: 'role_too_low', role: 'Admin', version: 1 },
      { allowed: false, reason: 'permission_missing', role: 'Admin', version: 1 },
      { allowed: false, reason: 'role_too_low', role: 'Admin', version: 1 },
    ]);
  });

  const REASONS: readonly (readonly [organization: string, username: string, reason: string])[] = [
    ['acme', 'stranger', 'not_member'],
    ['acme', 'nobody', 'user_not_found'],
    ['acme', 'deleted', 'user_not_found'],
    ['acme', 'suspended', 'user_suspended'],
    ['nowhere', 'owner', 'organization_not_found'],
    ['nowhere', 'nobody', 'organization_not_found'],
    ['removed', 'former', 'organization_not_found'],
    ['frozen', 'frozen', 'organization_suspended'],
    ['frozen', 'stranger', 'not_member'],
    ['frozen', 'nobody', 'user_not_found'],
  ];
  for (const [organization, username, reason] of REASONS) {
    it(`returns ${reason} for ${username} in ${organization}, with or without a role or permission`, async () => {
      const check = { organization, username };
      for (const more of [{}, { role: 'Owner' }, { permission: 'owners.manage' }]) {
        expect(await resultOf({ ...check, ...more })).to.deep.equal({ allowed: false, reason });
      }
    });
  }

  it('shows a user the organizations of their memberships, and their own memberships everywhere', async () => {
    const checks = [
      { organization: 'acme', username: 'owner' },
      { organization: 'acme', username: 'nobody' },
      { organization: 'frozen', username: 'member' },
      { organization: 'nowhere', username: 'member' },
      { organization: 'frozen', username: 'frozen' },
      { organization: 'nowhere', username: 'owner' },
    ];
    const response = [
      { allowed: true, role: 'Owner', version: 1 },
      { allowed: false, reason: 'user_not_found' },
      { allowed: false, reason: 'not_member' },
      { allowed: false, reason: 'organization_not_found' },
      { allowed: false, reason: 'not_visible' },
      { allowed: false, reason: 'not_visible' },
    ];
    expect(await results(checks, api.as('member'))).to.deep.equal(response);
    expect(
      await results(checks, service.reader.with({ 'On-Behalf-Of': 'member' })),
      'for a service on behalf of that user',
    ).to.deep.equal(response);
  });

  it('shows a suspended organization to its members', async () => {
    const result = await resultOf({ organization: 'frozen', username: 'frozen' }, api.as('frozen'));
    expect(result).to.deep.equal({ allowed: false, reason: 'organization_suspended' });
  });

  it('returns results in the order of the checks, also for equal checks', async () => {
    const one = { organization: 'acme', username: 'owner' };
    const other = { organization: 'acme', username: 'stranger' };
    const yes = { allowed: true, role: 'Owner', version: 1 };
    const no = { allowed: false, reason: 'not_member' };
    expect(await results([one, other, one, one, other])).to.deep.equal([yes, no, yes, yes, no]);
  });

  it('returns 100 results for 100 organizations', async () => {
    const creators = ['far1', 'far2', 'far3', 'far4'];
    await createUsers(api, ...creators);
    const organizations = await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        const organizationName = `far-${i}`;
        await api.as(creators[i % 4] ?? '').post('/organizations', { organizationName });
        return organizationName;
      }),
    );
    const checks = organizations.map((organization, i) => ({
      organization,
      username: i % 5 === 0 ? `nobody${i}` : (creators[i % 4] ?? ''),
    }));
    const expected = checks.map((_, i) =>
      i % 5 === 0
        ? { allowed: false, reason: 'user_not_found' }
        : { allowed: true, role: 'Owner', version: 1 },
    );
    expect(await results(checks), 'from the store').to.deep.equal(expected);
    expect(await results(checks), 'from the cache').to.deep.equal(expected);
    expect(await results(checks.toReversed()), 'in reverse order').to.deep.equal(expected.toReversed());
  });

  it('accepts 1 to 100 checks', async () => {
    const check = { organization: 'acme', username: 'owner' };
    expect(await results(Array(100).fill(check))).to.have.length(100);
    for (const checks of [[], Array(101).fill(check), check, undefined, null, 'acme']) {
      expect(invalidFields(await post(checks))).to.deep.equal(['checks']);
    }
  });

  it('ignores the case of names, but not of roles and permissions', async () => {
    expect(await resultOf({ organization: 'ACME', username: 'Owner', role: 'Owner' })).to.deep.equal({
      allowed: true,
      role: 'Owner',
      version: 1,
    });
    const response = await post([
      { organization: 'acme', username: 'owner', role: 'owner' },
      { organization: 'acme', username: 'owner', permission: 'Members.Read' },
      { organization: 'not one', username: '', user: 'x' },
      { role: 'Owner' },
      7,
    ]);
    expect(invalidFields(response)).to.have.members([
      'checks.0.role',
      'checks.1.permission',
      'checks.2.organization',
      'checks.2.username',
      'checks.2.user',
      'checks.3.organization',
      'checks.3.username',
      'checks.4',
    ]);
  });

  it('reflects every change at once', async () => {
    const { path, name, owner, member } = await service.organization({ owner: 'Owner', member: 'Member' });
    const { username } = member;
    const check = () => resultOf({ organization: name, username, permission: 'members.add' });
    const permissionMissing = { allowed: false, reason: 'permission_missing', role: 'Member' };
    expect(await check()).to.deep.equal({ ...permissionMissing, version: 1 });
    await owner.patch(`${path}/members/${username}`, { role: 'Admin' });
    expect(await check()).to.deep.equal({ allowed: true, role: 'Admin', version: 2 });
    await owner.delete(`${path}/members/${username}`);
    expect(await check()).to.deep.equal({ allowed: false, reason: 'not_member' });
    await owner.post(`${path}/members`, { memberUsername: username, role: 'Member' });
    expect(await check()).to.deep.equal({ ...permissionMissing, version: 4 });
  });

  it('rejects anonymous, unknown, deleted and suspended callers', async () => {
    const check = [{ organization: 'acme', username: 'owner' }];
    for (const by of [api, api.as('nobody'), api.as('deleted'), api.as('suspended')]) {
      expect(problemOf(await post(check, by))).to.equal('401 unauthenticated');
    }
    for (const by of [service.reader, service.writer, service.admin]) {
      expect(await resultOf(check[0], by)).to.deep.equal({ allowed: true, role: 'Owner', version: 1 });
    }
  });
});
