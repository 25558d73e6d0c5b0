import { expect } from 'chai';
import fc from 'fast-check';
import type { Change } from '../../src/domain/change.ts';
import { type Command, commands, decide, worldAfter } from './commands.ts';
import { expectInvariants, type World } from './world.ts';

/**
 * Somebody decides on what stands there now, the first of some things that would change anything; or commits what they
 * decided some time ago.
 */
type Move = { readonly decide: readonly Command[] } | { readonly commit: number };

const moves: fc.Arbitrary<Move[]> = fc.array(
  fc.oneof(
    fc.array(commands, { minLength: 6, maxLength: 6 }).map((some): Move => ({ decide: some })),
    fc.nat().map((which): Move => ({ commit: which })),
  ),
  { minLength: 40, maxLength: 60, size: 'max' },
);

describe('decisions that wait while others are committed', () => {
  it('leave every live organization with a live Owner, and both sides of ownership equal, in whatever order', () => {
    const committed = new Set<string>();
    let [late, moved] = [0, 0];
    fc.assert(
      fc.property(moves, (all) => {
        const world = worldAfter([]);
        const waiting: { readonly change: Change; readonly since: number }[] = [];
        let commits = 0;
        all.forEach((move, i) => {
          if ('decide' in move) {
            const change = firstChange(world, move.decide, `new-${i}`);
            if (change !== undefined) waiting.push({ change, since: commits });
            return;
          }
          const [next] = waiting.splice(move.commit % Math.max(1, waiting.length), 1);
          if (next === undefined) return;
          if (!world.apply(next.change)) {
            moved += 1;
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
    expect(late, 'some were committed after others').to.be.greaterThan(100);
    expect(moved, 'some came too late').to.be.greaterThan(100);
    expect([...committed]).to.include.members([
      ...['user.deleted', 'user.suspended', 'organization.deleted', 'organization.suspended'],
      ...['ownership.transferred', 'membership.added', 'membership.role_changed', 'membership.removed'],
    ]);
  });
});

function firstChange(world: World, some: readonly Command[], id: string): Change | undefined {
  for (const command of some) {
    const plan = decide(world, command, id);
    if (typeof plan !== 'string' && plan.change !== undefined) return plan.change;
  }
  return undefined;
}
