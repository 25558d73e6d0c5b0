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
import { accountStack, admin, serviceDriver, user } from '../../support/account-stack.ts';
import { sleepAsStep } from '../../support/sleep-as-step.ts';

const names = ['ann', 'bob', 'carl'].map((name) => parseUsername(name));
const ACME = parseSlug('acme');

/** What people do to each other in one organization, and services to them; all at once. */
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
    ...(['delete', 'delete', 'suspend', 'resume', 'deleteAcme', 'found'] as const),
  ),
  by: fc.constantFrom(...names),
  to: fc.constantFrom(...names),
  role: fc.constantFrom(...ROLES),
  instance: fc.nat({ max: 1 }),
});
type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

function act(
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
    case 'found':
      return organizations.create(user(by), {
        organizationName: ACME,
        displayName: parseDisplayText('Acme'),
      });
  }
}

/** Everything in the store, as the domain's tests look at it. */
async function worldIn(store: MemoryUserStore): Promise<World> {
  const { items } = await store.scan({ limit: 100 }, Number.MAX_SAFE_INTEGER);
  return new World(new Map(items.map((loaded) => [recordId(loaded.key), loaded])));
}

describe('people who promote, demote, remove, leave, transfer, delete and suspend at the same moment', () => {
  it('never leave an organization without an Owner, nor the two sides of ownership unequal', async () => {
    let [done, refused] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        fc.array(steps, { minLength: 6, maxLength: 10, size: 'max' }),
        fc.scheduler(),
        async (all, scheduler) => {
          const stack = accountStack();
          const services = [stack.service, stack.another().service];
          const driver = serviceDriver(stack.service);
          for (const name of names) await driver.createUser(name);
          await driver.createOrganization('ann', 'acme');
          await driver.add('ann', 'acme', 'bob', 'Owner');
          await driver.add('ann', 'acme', 'carl', 'Admin');
          const { store } = stack;
          store.beforeRead = () => scheduler.schedule(Promise.resolve(), 'read');
          store.beforeCommit = () => scheduler.schedule(Promise.resolve(), 'commit');
          store.afterCommit = async () => expectInvariants(await worldIn(store));
          stack.clock.sleep = sleepAsStep(() => scheduler.schedule(Promise.resolve(), 'sleep'));
          const acting = all.map(async (step) => {
            try {
              await act(services[step.instance] ?? stack.service, step);
              done += 1;
            } catch (error) {
              if (!(error instanceof DomainError || error instanceof Conflict)) throw error;
              refused += 1;
            }
          });
          await scheduler.waitFor(Promise.all(acting));
          expectInvariants(await worldIn(store));
        },
      ),
      { numRuns: 100 },
    );
    expect(done, 'done').to.be.greaterThan(100);
    expect(refused, 'refused').to.be.greaterThan(100);
  });
});
