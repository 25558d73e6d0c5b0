import { inspect } from 'node:util';
import { expect } from 'chai';
import { PostgresFailure } from '../../../../src/adapters/stores/postgres/connection/postgres-failure.ts';
import { Retry } from '../../../../src/adapters/stores/postgres/connection/retry.ts';
import { PostgresDatabase } from '../../../../src/adapters/stores/postgres/database/postgres-database.ts';
import {
  beginChange,
  beginRead,
  limitCommit,
} from '../../../../src/adapters/stores/postgres/database/transaction.ts';
import { parseDatabaseUrl } from '../../../../src/adapters/stores/postgres/url/database-url.ts';
import { SystemClock } from '../../../../src/adapters/system/system-clock.ts';
import { UuidIds } from '../../../../src/adapters/system/uuid-ids.ts';
import { StoreUnavailable } from '../../../../src/ports/errors.ts';
import { freePort } from '../../../support/free-port.ts';
import { AutoAdvancingClock } from '../dynamodb/auto-advancing-clock.ts';

describe('PostgresDatabase without a server', () => {
  const clock = new SystemClock();
  const ids = new UuidIds();
  const open = (url: string) =>
    new PostgresDatabase({ target: parseDatabaseUrl(url), poolMax: 10, clock, ids });

  it('rejects an invalid URL without disclosing the password', () => {
    for (const url of [
      'postgres://ann:hunter2@[::1/rollcall',
      'postgres://ann:hunter2@host:99999/rollcall',
    ]) {
      try {
        open(url);
        expect.fail('it should have been refused');
      } catch (error) {
        expect(error).to.be.instanceOf(Error);
        expect(inspect(error, { depth: 9, showHidden: true })).to.not.contain('hunter2');
      }
    }
  });

  it('rejects by the deadline, names the cause, and does not disclose the password', async () => {
    const database = open(`postgres://ann:hunter2@localhost:${await freePort()}/rollcall`);
    const began = clock.monotonic();
    const refusal = await database.reads
      .query({ text: 'SELECT 1' }, began + 200)
      .catch((error: unknown) => error);
    expect(clock.monotonic() - began).to.be.below(500);
    expect(refusal).to.be.instanceOf(StoreUnavailable);
    expect((refusal as Error).message).to.contain('PostgreSQL cannot be reached: connection refused');
    expect(inspect(refusal, { depth: 9, showHidden: true })).to.not.contain('hunter2');
    await database.close();
  });

  it('sends no query after the deadline', async () => {
    const database = open('postgres://127.0.0.1:9/rollcall');
    const refusal = await database.reads
      .query({ text: 'SELECT 1' }, clock.monotonic() - 1)
      .catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(StoreUnavailable);
    expect((refusal as Error).message).to.contain('the deadline had passed');
    await database.close();
  });

  it('never sends a zero timeout, which would disable the limit', () => {
    for (const left of [0.01, 1, 2000, 2 ** 31 - 1]) {
      const limits = [
        ...[...beginRead(left, true), ...beginChange(left), limitCommit(left)]
          .map(({ text }) => text)
          .join(' ')
          .matchAll(/timeout = (\S+?)(?:;|\s|$)/g),
      ];
      expect(limits).to.have.length(5);
      for (const [, value] of limits) expect(Number(value)).to.be.within(1, 2 ** 31 - 1);
    }
  });
});

describe('Retry', () => {
  const failing = (verdict: 'lost' | 'transient' | 'refused', times: number) => {
    let count = 0;
    return async () => {
      count += 1;
      if (count <= times) throw new PostgresFailure(verdict, `failure ${count}`);
      return count;
    };
  };

  it('retries transient failures with increasing pauses', async () => {
    const clock = new AutoAdvancingClock();
    const retry = new Retry(clock, { fraction: () => 1 });
    expect(await retry.run(10_000, failing('transient', 6))).to.equal(7);
    expect(clock.sleeps).to.deep.equal([6, 11, 21, 41, 81, 101]);
    expect(await retry.run(10_000, failing('lost', 1))).to.equal(2);
  });

  it('stops at the deadline with the last cause, and immediately if the server refuses', async () => {
    const clock = new AutoAdvancingClock();
    const retry = new Retry(clock, { fraction: () => 1 });
    const late = await retry.run(50, failing('transient', 99)).catch((error: unknown) => error);
    expect(late).to.be.instanceOf(StoreUnavailable);
    expect((late as Error).message).to.contain('failure 4');
    expect(clock.monotonic()).to.be.at.most(50);
    const refused = await retry.run(10_000, failing('refused', 1)).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(StoreUnavailable);
    expect((refused as Error).message).to.contain('refused: failure 1');
  });

  it('reports the last cause from the server, not that the time for another attempt was too short', async () => {
    const retry = new Retry(new AutoAdvancingClock(), { fraction: () => 1 });
    const failures = [PostgresFailure.late('lost', 'early'), new PostgresFailure('lost', 'the reason')];
    const refusal = await retry
      .run(50, async () => {
        throw failures.shift() ?? PostgresFailure.late('lost', 'late');
      })
      .catch((error: unknown) => error);
    expect((refusal as Error).message).to.contain('the reason');
  });

  it('rethrows errors that are not PostgreSQL failures', async () => {
    const retry = new Retry(new AutoAdvancingClock(), { fraction: () => 1 });
    const bug = new TypeError('bug');
    const thrown = await retry.run(1000, () => Promise.reject(bug)).catch((error: unknown) => error);
    expect(thrown).to.equal(bug);
  });
});
