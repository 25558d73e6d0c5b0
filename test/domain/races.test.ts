import { expect } from 'chai';
import fc from 'fast-check';
import { CARA, TOM, theChange } from './builders.ts';
import { allCommands, walks as anyWalks, commandOf, decide, worldAfter } from './commands.ts';
import { planOf } from './plan-of.ts';
import { expectInvariants, expectToApply } from './world.ts';

/** Which of the commands that are possible after a walk run against which. */
const races = fc.array(fc.tuple(fc.nat(), fc.nat()), { size: 'max', minLength: 20, maxLength: 20 });
const walks = anyWalks.map((walk) => walk.slice(0, 10));

describe('of two decisions made from the same knowledge', () => {
  it('the later one is committed only if it would be made in just the same way again', () => {
    let [committed, refused] = [0, 0];
    fc.assert(
      fc.property(walks, races, (walk, pairs) => {
        const before = worldAfter(walk);
        const possible = allCommands.flatMap((command, i) => {
          const plan = decide(before, command, `new-${i}`);
          return typeof plan !== 'string' && plan.change !== undefined
            ? [{ command, plan, change: plan.change, id: `new-${i}` }]
            : [];
        });
        for (const [i, j] of pairs) {
          const [first, second] = [possible[i % possible.length], possible[j % possible.length]];
          if (first === undefined || second === undefined) continue;
          const world = before.copy();
          expectToApply(world, first.plan);
          const again = decide(world, second.command, second.id);
          if (world.apply(second.change)) {
            committed += 1;
            expect(again, JSON.stringify([first.command, second.command])).to.deep.equal(second.plan);
          } else refused += 1;
          expectInvariants(world);
        }
      }),
      { numRuns: 25 },
    );
    expect(committed, 'some do not touch each other').to.be.greaterThan(0);
    expect(refused, 'some do').to.be.greaterThan(0);
  });

  const losing = ['changeRole', 'remove'] as const;
  for (const mine of losing) {
    for (const yours of losing) {
      for (const [how, target, other] of [
        ['each other', TOM, CARA],
        ['themselves', CARA, TOM],
      ] as const) {
        it(`only one of the last two Owners succeeds in ending ownership of ${how} (${mine}, ${yours})`, () => {
          const world = worldAfter([]);
          const one = planOf(world, commandOf({ kind: mine, caller: CARA, username: target }), 'one');
          const two = planOf(world, commandOf({ kind: yours, caller: TOM, username: other }), 'two');
          expect(world.apply(theChange(one))).to.equal(true);
          expect(world.apply(theChange(two))).to.equal(false);
          expectInvariants(world);
        });
      }
    }
  }
});
