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
import type { CallOutcome } from '../../support/scripted-cache.ts';
import { sleepAsStep } from '../../support/sleep-as-step.ts';

/** Outcomes of a commit. All but `ok` are reported as unknown. */
const OUTCOMES = ['ok', 'not applied', 'response lost', 'applied late'] as const;
const SENDERS = 4;

describe('a request sent to several instances, under random schedules and failures', () => {
  it('is applied once, has one result, and is visible everywhere once acknowledged', async () => {
    let [answered, unknown, applied] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...OUTCOMES), { minLength: SENDERS, maxLength: SENDERS }),
        fc.scheduler(),
        async (outcomes, scheduler) => {
          const step = (label: string) => scheduler.schedule(Promise.resolve(), label);
          const { store, clock, other, third, readMembership, events, ...first } = await idempotencyStack();
          const instances = [first, other, third];
          for (const { reader } of instances) await reader.read([MEMBERSHIP]);

          const commit = store.commit.bind(store);
          const lookup = store.readIdempotencyRecord.bind(store);
          const lateCommits: Promise<void>[] = [];
          let commits = 0;
          let injectsFaults = true;
          store.beforeRead = () => step('read');
          store.readIdempotencyRecord = async (...args) => {
            await step('lookup');
            const record = await lookup(...args);
            await step('lookup response');
            return record;
          };
          store.commit = async (change, deadline) => {
            const outcome = (injectsFaults ? outcomes[commits] : undefined) ?? 'ok';
            commits += 1;
            await step('commit');
            if (outcome === 'applied late') {
              lateCommits.push(
                step('late commit').then(() => commit(change, deadline).catch(ignoreConflict)),
              );
            } else if (outcome !== 'not applied') await commit(change, deadline);
            await step(outcome);
            if (outcome !== 'ok') throw new OutcomeUnknown(`scripted: ${outcome}`);
          };
          clock.sleep = sleepAsStep(() => step('sleep'));
          for (const { cache } of instances) {
            cache.script = async ({ operation }): Promise<CallOutcome> => {
              await step(operation);
              return 'answered';
            };
          }

          const results: RequestResult[] = [];
          const send = async (i: number) => {
            const { service } = instances[i % 3] ?? first;
            const result = await sendRequest(service, ann, promote).catch(ignoreExpected);
            if (result === undefined) {
              unknown += 1;
              return;
            }
            results.push(result);
            const [{ version }] = await (instances[(i + 1) % 3] ?? first).reader.read([MEMBERSHIP]);
            expect(version).to.equal(2);
          };
          const requests = Array.from({ length: SENDERS }, (_, i) => send(i));
          await scheduler.waitFor(Promise.all(requests));
          await scheduler.waitFor(Promise.all(lateCommits));
          // A further retry succeeds, whatever the outcomes were.
          injectsFaults = false;
          await scheduler.waitFor(send(0));

          const { version, record } = await scheduler.waitFor(readMembership());
          for (const { result } of results) expect(result).to.deep.equal({ version, record });
          expect(version).to.equal(2);
          const original = results.filter(({ wasReplayed }) => !wasReplayed);
          expect(original.length).to.be.at.most(1);
          const roleChanges = (await scheduler.waitFor(events())).filter(
            (type) => type === 'membership.role_changed',
          );
          expect(roleChanges).to.have.length(1);
          answered += results.length;
          applied += original.length;
        },
      ),
      { numRuns: 300 },
    );
    expect(answered, 'answered').to.be.greaterThan(300);
    expect(unknown, 'unknown').to.be.greaterThan(100);
    expect(applied, 'acknowledged by the instance that applied it').to.be.within(30, 299);
  });
});

/** A late commit may conflict. */
function ignoreConflict(error: unknown): void {
  if (!(error instanceof Conflict)) throw error;
}

/** Errors that a sender may receive instead of the result. */
function ignoreExpected(error: unknown): undefined {
  if (error instanceof OutcomeUnknown || error instanceof Conflict) return undefined;
  throw error instanceof DomainError ? new Error(`refused: ${error.code}`) : error;
}
