import { expect } from 'chai';
import fc from 'fast-check';
import { DomainError } from '../../../src/domain/domain-error.ts';
import { Conflict, OutcomeUnknown } from '../../../src/ports/errors.ts';
import {
  ann,
  idempotencyStack,
  MEMBERSHIP,
  promote,
  type RequestResult,
  sendRequest,
} from '../../support/idempotency-stack.ts';
import type { Ending } from '../../support/scripted-cache.ts';
import { sleepAsStep } from '../../support/sleep-as-step.ts';

/** How a commit ends: as it should; never applied; applied, but nobody learns of it; or so, and long after it was sent. */
const FATES = ['answered', 'unapplied', 'lost', 'late'] as const;
const SENDERS = 4;

describe('a request that several instances are sent, under any schedule of their steps and any failures', () => {
  it('is applied once, every answer is the same, and nobody sees what was before once one was given', async () => {
    let [answered, unknown, applied] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...FATES), { minLength: SENDERS, maxLength: SENDERS }),
        fc.scheduler(),
        async (fates, scheduler) => {
          const step = (what: string) => scheduler.schedule(Promise.resolve(), what);
          const { store, clock, other, third, inStore, events, ...first } = await idempotencyStack();
          const instances = [first, other, third];
          for (const { reader } of instances) await reader.read([MEMBERSHIP]);

          const commit = store.commit.bind(store);
          const look = store.readIdempotencyRecord.bind(store);
          const landing: Promise<void>[] = [];
          let sent = 0;
          let isOver = false;
          store.beforeRead = () => step('read');
          store.readIdempotencyRecord = async (...asked) => {
            await step('look');
            const found = await look(...asked);
            await step('looked');
            return found;
          };
          store.commit = async (change, deadline) => {
            const fate = (isOver ? undefined : fates[sent]) ?? 'answered';
            sent += 1;
            await step('commit');
            if (fate === 'late')
              landing.push(step('land').then(() => commit(change, deadline).catch(landed)));
            else if (fate !== 'unapplied') await commit(change, deadline);
            await step(fate);
            if (fate !== 'answered') throw new OutcomeUnknown(`scripted: ${fate}`);
          };
          clock.sleep = sleepAsStep(() => step('sleep'));
          for (const { cache } of instances) {
            cache.script = async ({ operation }): Promise<Ending> => {
              await step(operation);
              return 'answered';
            };
          }

          const told: RequestResult[] = [];
          const send = async (i: number) => {
            const { service } = instances[i % 3] ?? first;
            const answer = await sendRequest(service, ann, promote).catch(expected);
            if (answer === undefined) {
              unknown += 1;
              return;
            }
            told.push(answer);
            const [{ version }] = await (instances[(i + 1) % 3] ?? first).reader.read([MEMBERSHIP]);
            expect(version).to.equal(2);
          };
          const sending = Array.from({ length: SENDERS }, (_, i) => send(i));
          await scheduler.waitFor(Promise.all(sending));
          await scheduler.waitFor(Promise.all(landing));
          // Whatever became of them, another retry gets the answer.
          isOver = true;
          await scheduler.waitFor(send(0));

          const { version, record } = await scheduler.waitFor(inStore());
          for (const { result } of told) expect(result).to.deep.equal({ version, record });
          expect(version).to.equal(2);
          expect(told.filter(({ wasReplayed }) => !wasReplayed).length).to.be.at.most(1);
          const roles = (await scheduler.waitFor(events())).filter(
            (type) => type === 'membership.role_changed',
          );
          expect(roles).to.have.length(1);
          answered += told.length;
          applied += told.filter(({ wasReplayed }) => !wasReplayed).length;
        },
      ),
      { numRuns: 300 },
    );
    expect(answered, 'answered').to.be.greaterThan(300);
    expect(unknown, 'unknown').to.be.greaterThan(100);
    expect(applied, 'answered by who applied it').to.be.within(30, 299);
  });
});

/** A commit that came too late. */
function landed(error: unknown): void {
  if (!(error instanceof Conflict)) throw error;
}

/** What a sender may be told instead of the answer. */
function expected(error: unknown): undefined {
  if (error instanceof OutcomeUnknown || error instanceof Conflict) return undefined;
  throw error instanceof DomainError ? new Error(`refused: ${error.code}`) : error;
}
