import { expect } from 'chai';
import fc from 'fast-check';
import type { MemoryUserStore } from '../../../src/adapters/stores/memory/memory-user-store.ts';
import type { AccountService } from '../../../src/app/account-service.ts';
import { DomainError } from '../../../src/domain/domain-error.ts';
import { parseDisplayText, parseSlug, parseUsername } from '../../../src/domain/names.ts';
import { recordId } from '../../../src/domain/records.ts';
import { ROLES } from '../../../src/domain/role.ts';
import { Conflict } from '../../../src/ports/errors.ts';
import { expectInvariants, World } from '../../domain/world.ts';
import { accountStackWith, admin, user } from '../../support/account-stack.ts';
import { sleepAsStep } from '../../support/sleep-as-step.ts';

const names = ['ann', 'bob', 'carl'].map((name) => parseUsername(name));
const ACME = parseSlug('acme');

/** Operations of users and services on one organization. */
const steps = fc.record({
  kind: fc.constantFrom(
    ...([
      'promote',
      'promote',
      'demote',
      'demote',
      'remove',
      'leave',
      'transfer',
      'transfer',
      'add',
    ] as const),
    ...(['delete', 'delete', 'suspend', 'resume', 'deleteAcme', 'create'] as const),
  ),
  by: fc.constantFrom(...names),
  to: fc.constantFrom(...names),
  role: fc.constantFrom(...ROLES),
  instance: fc.nat({ max: 1 }),
});
type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

function execute(
  { users, organizations, memberships }: AccountService,
  { kind, by, to, role }: Step,
): Promise<unknown> {
  switch (kind) {
    case 'promote':
      return memberships.changeRole(user(by), ACME, to, 'Owner');
    case 'demote':
      return memberships.changeRole(user(by), ACME, to, 'Admin');
    case 'remove':
      return memberships.remove(user(by), ACME, to);
    case 'leave':
      return memberships.remove(user(by), ACME, by);
    case 'transfer':
      return organizations.transferOwnership(user(by), ACME, to);
    case 'add':
      return memberships.add(user(by), ACME, to, role);
    case 'delete':
      return users.delete(user(by), by);
    case 'suspend':
      return users.suspend(admin, by);
    case 'resume':
      return users.resume(admin, by);
    case 'deleteAcme':
      return organizations.delete(user(by), ACME);
    case 'create':
      return organizations.create(user(by), {
        organizationName: ACME,
        displayName: parseDisplayText('Acme'),
      });
  }
}

/** All records of the store, for the invariants of the domain's tests. */
async function worldIn(store: MemoryUserStore): Promise<World> {
  const { items } = await store.scan({ limit: 100 }, Number.MAX_SAFE_INTEGER);
  return new World(new Map(items.map((loaded) => [recordId(loaded.key), loaded])));
}

describe('concurrent promotion, demotion, removal, transfer, deletion and suspension', () => {
  it('keep an Owner in every organization and both sides of ownership equal', async () => {
    let [succeeded, rejected] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        fc.array(steps, { minLength: 6, maxLength: 10, size: 'max' }),
        fc.scheduler(),
        async (all, scheduler) => {
          const stack = await accountStackWith({ acme: { ann: 'Owner', bob: 'Owner', carl: 'Admin' } });
          const services = [stack.service, stack.another().service];
          const { store } = stack;
          store.beforeRead = () => scheduler.schedule(Promise.resolve(), 'read');
          store.beforeCommit = () => scheduler.schedule(Promise.resolve(), 'commit');
          store.afterCommit = async () => expectInvariants(await worldIn(store));
          stack.clock.sleep = sleepAsStep(() => scheduler.schedule(Promise.resolve(), 'sleep'));
          const executions = all.map(async (step) => {
            try {
              await execute(services[step.instance] ?? stack.service, step);
              succeeded += 1;
            } catch (error) {
              if (!(error instanceof DomainError || error instanceof Conflict)) throw error;
              rejected += 1;
            }
          });
          await scheduler.waitFor(Promise.all(executions));
          expectInvariants(await worldIn(store));
        },
      ),
      { numRuns: 100 },
    );
    expect(succeeded, 'succeeded').to.be.greaterThan(100);
    expect(rejected, 'rejected').to.be.greaterThan(100);
  });
});
