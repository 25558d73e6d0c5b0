import { expect } from 'chai';
import {
  type Answer,
  type ApiClient,
  createOrganization,
  createUsers,
  type Role,
  refusalOf,
  wrongPlaces,
} from '../../support/api-client.ts';
import { type EmbeddedService, startEmbeddedService } from '../../support/embedded-service.ts';

const ROLES = ['Owner', 'Admin', 'Member'] as const;

/** With the lowest role that has it. */
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
  let service: EmbeddedService;
  let api: ApiClient;

  before(async () => {
    service = await startEmbeddedService();
    api = service.api;
    await createOrganization(api, 'Acme', {
      owner: 'Owner',
      admin: 'Admin',
      member: 'Member',
      resting: 'Member',
      deleted: 'Member',
    });
    await createOrganization(api, 'Frozen', { frozen: 'Owner' });
    await createOrganization(api, 'Ended', { ended: 'Owner' });
    await createUsers(api, 'stranger');
    await service.admin.post('/users/resting/suspend', {});
    await service.admin.post('/organizations/frozen/suspend', {});
    await api.as('deleted').delete('/users/deleted');
    await api.as('ended').delete('/organizations/ended');
  });

  after(() => service.close());

  const ask = (checks: unknown, by = service.reader): Promise<Answer> => by.post('/checks', { checks });
  const results = async (checks: readonly unknown[], by = service.reader) => {
    const { status, body, text } = await ask(checks, by);
    expect(status, text).to.equal(200);
    expect(body).to.have.all.keys('results');
    return body.results;
  };
  const resultOf = async (check: unknown, by = service.reader) => (await results([check], by))?.[0];
  const isAtLeast = (role: Role, minimum: Role): boolean => ROLES.indexOf(role) <= ROLES.indexOf(minimum);

  for (const role of ROLES) {
    const check = { organization: 'acme', username: role.toLowerCase() };

    it(`any membership of ${role} will do where neither role nor permission is asked for`, async () => {
      expect(await resultOf(check)).to.deep.equal({ allowed: true, role, version: 1 });
    });

    it(`${role}: a role is a minimum`, async () => {
      expect(await results(ROLES.map((minimum) => ({ ...check, role: minimum })))).to.deep.equal(
        ROLES.map((minimum) =>
          isAtLeast(role, minimum)
            ? { allowed: true, role, version: 1 }
            : { allowed: false, reason: 'role_too_low', role, version: 1 },
        ),
      );
    });

    it(`${role}: every permission`, async () => {
      const asked = Object.keys(PERMISSIONS).map((permission) => ({ ...check, permission }));
      expect(await results(asked)).to.deep.equal(
        Object.values(PERMISSIONS).map((minimum) =>
          isAtLeast(role, minimum)
            ? { allowed: true, role, version: 1 }
            : { allowed: false, reason: 'permission_missing', role, version: 1 },
        ),
      );
    });
  }

  it('given both, role and permission must hold', async () => {
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
    ['acme', 'resting', 'user_suspended'],
    ['nowhere', 'owner', 'organization_not_found'],
    ['nowhere', 'nobody', 'organization_not_found'],
    ['ended', 'ended', 'organization_not_found'],
    ['frozen', 'frozen', 'organization_suspended'],
    ['frozen', 'stranger', 'not_member'],
    ['frozen', 'nobody', 'user_not_found'],
  ];
  for (const [organization, username, reason] of REASONS) {
    it(`${username} in ${organization}: ${reason}, whatever is asked for`, async () => {
      const check = { organization, username };
      for (const more of [{}, { role: 'Owner' }, { permission: 'owners.manage' }]) {
        expect(await resultOf({ ...check, ...more })).to.deep.equal({ allowed: false, reason });
      }
    });
  }

  it('a user sees the organizations they belong to, and themself everywhere', async () => {
    const asked = [
      { organization: 'acme', username: 'owner' },
      { organization: 'acme', username: 'nobody' },
      { organization: 'frozen', username: 'member' },
      { organization: 'nowhere', username: 'member' },
      { organization: 'frozen', username: 'frozen' },
      { organization: 'nowhere', username: 'owner' },
    ];
    const answer = [
      { allowed: true, role: 'Owner', version: 1 },
      { allowed: false, reason: 'user_not_found' },
      { allowed: false, reason: 'not_member' },
      { allowed: false, reason: 'organization_not_found' },
      { allowed: false, reason: 'not_visible' },
      { allowed: false, reason: 'not_visible' },
    ];
    expect(await results(asked, api.as('member'))).to.deep.equal(answer);
    expect(
      await results(asked, service.reader.with({ 'On-Behalf-Of': 'member' })),
      'for a service that acts for them too',
    ).to.deep.equal(answer);
  });

  it('members of a suspended organization see it', async () => {
    const result = await resultOf({ organization: 'frozen', username: 'frozen' }, api.as('frozen'));
    expect(result).to.deep.equal({ allowed: false, reason: 'organization_suspended' });
  });

  it('answers in the order of the checks, also where they are the same or mixed', async () => {
    const one = { organization: 'acme', username: 'owner' };
    const other = { organization: 'acme', username: 'stranger' };
    const yes = { allowed: true, role: 'Owner', version: 1 };
    const no = { allowed: false, reason: 'not_member' };
    expect(await results([one, other, one, one, other])).to.deep.equal([yes, no, yes, yes, no]);
  });

  it('takes 100 checks, of as many organizations and users', async () => {
    const founders = ['far1', 'far2', 'far3', 'far4'];
    await createUsers(api, ...founders);
    const organizations = await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        const organizationName = `far-${i}`;
        await api.as(founders[i % 4] ?? '').post('/organizations', { organizationName });
        return organizationName;
      }),
    );
    const asked = organizations.map((organization, i) => ({
      organization,
      username: i % 5 === 0 ? `nobody${i}` : (founders[i % 4] ?? ''),
    }));
    const expected = asked.map((_, i) =>
      i % 5 === 0
        ? { allowed: false, reason: 'user_not_found' }
        : { allowed: true, role: 'Owner', version: 1 },
    );
    expect(await results(asked), 'from the store').to.deep.equal(expected);
    expect(await results(asked), 'from the cache').to.deep.equal(expected);
    expect(await results(asked.toReversed()), 'the other way round').to.deep.equal(expected.toReversed());
  });

  it('takes 1 to 100 checks', async () => {
    const check = { organization: 'acme', username: 'owner' };
    expect(await results(Array(100).fill(check))).to.have.length(100);
    for (const checks of [[], Array(101).fill(check), check, undefined, null, 'acme']) {
      expect(wrongPlaces(await ask(checks))).to.deep.equal(['checks']);
    }
  });

  it('names may be in whatever case, roles and permissions not', async () => {
    expect(await resultOf({ organization: 'ACME', username: 'Owner', role: 'Owner' })).to.deep.equal({
      allowed: true,
      role: 'Owner',
      version: 1,
    });
    const answer = await ask([
      { organization: 'acme', username: 'owner', role: 'owner' },
      { organization: 'acme', username: 'owner', permission: 'Members.Read' },
      { organization: 'not one', username: '', user: 'x' },
      { role: 'Owner' },
      7,
    ]);
    expect(wrongPlaces(answer)).to.have.members([
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

  it('follows every change at once', async () => {
    const path = await createOrganization(api, 'Swift', { boss: 'Owner', swift: 'Member' });
    const boss = api.as('boss');
    const now = () => resultOf({ organization: 'swift', username: 'swift', permission: 'members.add' });
    const missing = { allowed: false, reason: 'permission_missing', role: 'Member' };
    expect(await now()).to.deep.equal({ ...missing, version: 1 });
    await boss.patch(`${path}/members/swift`, { role: 'Admin' });
    expect(await now()).to.deep.equal({ allowed: true, role: 'Admin', version: 2 });
    await boss.delete(`${path}/members/swift`);
    expect(await now()).to.deep.equal({ allowed: false, reason: 'not_member' });
    await boss.post(`${path}/members`, { memberUsername: 'swift', role: 'Member' });
    expect(await now()).to.deep.equal({ ...missing, version: 4 });
  });

  it('is for users who live, and services', async () => {
    const check = [{ organization: 'acme', username: 'owner' }];
    for (const by of [api, api.as('nobody'), api.as('deleted'), api.as('resting')]) {
      expect(refusalOf(await ask(check, by))).to.equal('401 unauthenticated');
    }
    for (const by of [service.reader, service.writer, service.admin]) {
      expect(await resultOf(check[0], by)).to.deep.equal({ allowed: true, role: 'Owner', version: 1 });
    }
  });
});
