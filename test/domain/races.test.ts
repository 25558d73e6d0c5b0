import { expect } from 'chai';
import fc from 'fast-check';
import { CARA, TOM } from './builders.ts';
import { allCommands, walks as anyWalks, commandOf, planOrError, worldAfter } from './commands.ts';
import { requireChange } from './plan-changes.ts';
import { planOf } from './plan-of.ts';
import { expectInvariants, expectToApply } from './world.ts';

/** Indexes of two commands that are possible after a walk. */
const races = fc.array(fc.tuple(fc.nat(), fc.nat()), { size: 'max', minLength: 20, maxLength: 20 });
const walks = anyWalks.map((walk) => walk.slice(0, 10));

describe('of two plans made from the same records', () => {
  it('the second one is committed only if planning it again gives the same plan', () => {
    let [committed, rejected] = [0, 0];
    fc.assert(
      fc.property(walks, races, (walk, pairs) => {
        const before = worldAfter(walk);
        const possible = allCommands.flatMap((command, i) => {
          const plan = planOrError(before, command, `new-${i}`);
          return typeof plan !== 'string' && plan.change !== undefined
            ? [{ command, plan, change: plan.change, id: `new-${i}` }]
            : [];
        });
        for (const [i, j] of pairs) {
          const [first, second] = [possible[i % possible.length], possible[j % possible.length]];
          if (first === undefined || second === undefined) continue;
          const world = before.copy();
          expectToApply(world, first.plan);
          const again = planOrError(world, second.command, second.id);
          if (world.apply(second.change)) {
            committed += 1;
            expect(again, JSON.stringify([first.command, second.command])).to.deep.equal(second.plan);
          } else rejected += 1;
          expectInvariants(world);
        }
      }),
      { numRuns: 25 },
    );
    expect(committed, 'independent plans').to.be.greaterThan(0);
    expect(rejected, 'conflicting plans').to.be.greaterThan(0);
  });

  const endingOwnership = ['changeRole', 'remove'] as const;
  for (const first of endingOwnership) {
    for (const second of endingOwnership) {
      for (const [whose, target, other] of [
        ['each other', TOM, CARA],
        ['themselves', CARA, TOM],
      ] as const) {
        it(`only one of the last two Owners can end the ownership of ${whose} (${first}, ${second})`, () => {
          const world = worldAfter([]);
          const one = planOf(world, commandOf({ kind: first, caller: CARA, username: target }), 'one');
          const two = planOf(world, commandOf({ kind: second, caller: TOM, username: other }), 'two');
          expect(world.apply(requireChange(one))).to.equal(true);
          expect(world.apply(requireChange(two))).to.equal(false);
          expectInvariants(world);
        });
      }
    }
  }
});
