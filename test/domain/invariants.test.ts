import { expect } from 'chai';
import fc from 'fast-check';
import { walks, worldAfter } from './commands.ts';
import { expectInvariants } from './world.ts';

describe('after any sequence of commands by anybody', () => {
  it('every organization has an Owner, ownership is the same on all sides, and so are e-mail addresses', () => {
    fc.assert(
      fc.property(walks, (walk) => {
        worldAfter(walk, expectInvariants);
      }),
      { numRuns: 70 },
    );
  });

  it('versions have only grown, and no record or tombstone is lost', () => {
    fc.assert(
      fc.property(walks, (walk) => {
        let before: ReadonlyMap<string, number> = new Map();
        worldAfter(walk, (world) => {
          const now = world.versions();
          for (const [id, version] of before) {
            if ((now.get(id) ?? -1) < version) expect.fail(`${id} fell from ${version} to ${now.get(id)}`);
          }
          before = now;
        });
      }),
      { numRuns: 30 },
    );
  });

  it('every kind of change and every refusal that protects ownership has been met (or the above says little)', () => {
    const outcomes = new Set<string>();
    for (const walk of fc.sample(walks, { numRuns: 80, seed: 7 })) {
      worldAfter(walk, (_, outcome) => outcomes.add(outcome));
    }
    expect([...outcomes]).to.include.members([
      ...['user.created', 'user.updated', 'user.suspended', 'user.resumed', 'user.deleted'],
      ...['organization.created', 'organization.updated', 'organization.suspended', 'organization.resumed'],
      ...['organization.deleted', 'ownership.transferred', 'nothing'],
      ...['membership.added', 'membership.role_changed', 'membership.removed'],
      ...['last_owner', 'forbidden', 'membership_already_exists', 'user_suspended', 'version_mismatch'],
      ...['organization_suspended', 'email_taken', 'unauthenticated', 'user_not_found'],
    ]);
  });
});
