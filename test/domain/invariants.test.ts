import { expect } from 'chai';
import fc from 'fast-check';
import { walks, worldAfter } from './commands.ts';
import { expectInvariants } from './world.ts';

describe('after any sequence of commands', () => {
  it('every organization has an Owner, and ownership and e-mail claims are consistent', () => {
    fc.assert(
      fc.property(walks, (walk) => {
        worldAfter(walk, expectInvariants);
      }),
      { numRuns: 70 },
    );
  });

  it('no version has decreased, and no record or tombstone is missing', () => {
    fc.assert(
      fc.property(walks, (walk) => {
        let before: ReadonlyMap<string, number> = new Map();
        worldAfter(walk, (world) => {
          const current = world.versions();
          for (const [id, version] of before) {
            if ((current.get(id) ?? -1) < version)
              expect.fail(`${id} went from version ${version} to ${current.get(id)}`);
          }
          before = current;
        });
      }),
      { numRuns: 30 },
    );
  });

  it('every kind of change and every error that protects ownership has occurred', () => {
    const outcomes = new Set<string>();
    for (const walk of fc.sample(walks, { numRuns: 80, seed: 7 })) {
      worldAfter(walk, (_, outcome) => outcomes.add(outcome));
    }
    expect([...outcomes]).to.include.members([
      ...['user.created', 'user.updated', 'user.suspended', 'user.resumed', 'user.deleted'],
      ...['organization.created', 'organization.updated', 'organization.suspended', 'organization.resumed'],
      ...['organization.deleted', 'ownership.transferred', 'no change'],
      ...['membership.added', 'membership.role_changed', 'membership.removed'],
      ...['last_owner', 'forbidden', 'membership_already_exists', 'user_suspended', 'version_mismatch'],
      ...['organization_suspended', 'email_taken', 'unauthenticated', 'user_not_found'],
    ]);
  });
});
