import { expect } from 'chai';
import fc from 'fast-check';
import type { Change } from '../../src/domain/change.ts';
import { type Command, commands, planOrError, worldAfter } from './commands.ts';
import { expectInvariants, type World } from './world.ts';

/** Plans the first command with a change, from the current records; or commits an earlier plan. */
type Step = { readonly plan: readonly Command[] } | { readonly commit: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.array(commands, { minLength: 6, maxLength: 6 }).map((some): Step => ({ plan: some })),
    fc.nat().map((index): Step => ({ commit: index })),
  ),
  { minLength: 40, maxLength: 60, size: 'max' },
);

describe('plans that are committed after other changes', () => {
  it('keep an active Owner in every organization and both sides of ownership equal, in any order', () => {
    const committed = new Set<string>();
    let [late, conflicts] = [0, 0];
    fc.assert(
      fc.property(steps, (all) => {
        const world = worldAfter([]);
        const planned: { readonly change: Change; readonly since: number }[] = [];
        let commits = 0;
        all.forEach((step, i) => {
          if ('plan' in step) {
            const change = firstChange(world, step.plan, `new-${i}`);
            if (change !== undefined) planned.push({ change, since: commits });
            return;
          }
          const [next] = planned.splice(step.commit % Math.max(1, planned.length), 1);
          if (next === undefined) return;
          if (!world.apply(next.change)) {
            conflicts += 1;
            return;
          }
          if (next.since < commits) late += 1;
          commits += 1;
          committed.add(next.change.events[0]?.type ?? '');
          expectInvariants(world);
        });
      }),
      { numRuns: 80 },
    );
    expect(late, 'plans committed after other changes').to.be.greaterThan(100);
    expect(conflicts, 'plans that conflict').to.be.greaterThan(100);
    expect([...committed]).to.include.members([
      ...['user.deleted', 'user.suspended', 'organization.deleted', 'organization.suspended'],
      ...['ownership.transferred', 'membership.added', 'membership.role_changed', 'membership.removed'],
    ]);
  });
});

function firstChange(world: World, candidates: readonly Command[], id: string): Change | undefined {
  for (const command of candidates) {
    const plan = planOrError(world, command, id);
    if (typeof plan !== 'string' && plan.change !== undefined) return plan.change;
  }
  return undefined;
}
