import { expect } from 'chai';
import { Client } from 'pg';
import { OutcomeUnknown } from '../../../../src/ports/errors.ts';
import { SERVICE } from '../../../support/postgres-server.ts';
import { clock, eventually, outcomeOf, ProxiedStore, TOLERANCE_MS, within } from './proxied-store.ts';
import { isCommit, isOpening } from './wire-proxy.ts';

describe('PostgresUserStore, when the answer to COMMIT is lost', () => {
  const scene = ProxiedStore.inSuite();

  for (const fate of ['break', 'deaf'] as const) {
    it(`learns what became of a commit that was applied and whose answer is lost (${fate})`, async () => {
      const { change, applied } = scene.aCreation();
      scene.once(isCommit, fate);
      await scene.store.commit(change, within(2000));
      expect(await applied()).to.equal(1);
    });

    it(`says that the outcome is unknown where the server cannot be asked either (${fate})`, async () => {
      const { change, applied } = scene.aCreation();
      scene.proxy.fateOf = (bytes) => {
        if (!isCommit(bytes)) return 'pass';
        scene.proxy.isClosed = true;
        return fate;
      };
      const { error, ms } = await outcomeOf(scene.store.commit(change, within(600)));
      expect(error).to.be.instanceOf(OutcomeUnknown);
      expect(ms).to.be.below(600 + TOLERANCE_MS);
      expect(await applied()).to.equal(1);
    });
  }

  it('commits once where the first COMMIT never arrived', async () => {
    const { change, applied } = scene.aCreation();
    scene.once(isCommit, 'lose');
    await scene.store.commit(change, within(2000));
    expect(await applied()).to.equal(1);
  });

  it('replaces the meta record, and says so, though the answer was lost', async () => {
    const { meta, answeredBy } = await scene.store.readMeta(within(2000));
    const next = { storeId: 'store', generation: (meta?.generation ?? 0) + 1, cache: 'none' };
    scene.once(isCommit, 'break');
    expect(await scene.store.replaceMeta(meta, next, answeredBy, within(2000))).to.equal(true);
    expect((await scene.store.readMeta(within(2000))).meta).to.deep.equal(next);
  });

  it('a COMMIT that arrives after the deadline applies nothing', async () => {
    const { change, applied } = scene.aCreation();
    // The server hears late of the beginning too, so its own timeouts end later than the deadline.
    let openings = 0;
    scene.proxy.fateOf = (bytes) => {
      if (isOpening(bytes)) {
        openings += 1;
        return 'hold';
      }
      return isCommit(bytes) ? 'hold' : 'pass';
    };
    const deadline = within(800);
    const committing = outcomeOf(scene.store.commit(change, deadline));
    await eventually('a change began', () => openings > 0);
    await clock.sleep(400);
    scene.proxy.deliver();
    await eventually('the COMMIT is on its way', () => scene.proxy.held > 0);
    const { error } = await committing;
    expect(error).to.be.instanceOf(OutcomeUnknown);
    await clock.sleep(deadline - clock.monotonic() + 60);
    expect(await scene.sessionsInTransaction(), 'sessions that could still commit').to.equal(1);
    scene.proxy.deliver();
    await eventually('the transaction ended', async () => (await scene.sessionsInTransaction()) === 0);
    expect(await applied()).to.equal(0);
  });

  it('does not take another transaction’s number for its own after a crash', async () => {
    const { change, applied } = scene.aCreation();
    scene.once(isCommit, 'hold');
    const committing = outcomeOf(scene.store.commit(change, within(10_000)));
    await eventually('the COMMIT is on its way', () => scene.proxy.held > 0);
    const [row] = await scene.server.sql(
      `SELECT max(backend_xid::text::bigint) AS number FROM pg_stat_activity WHERE usename = '${SERVICE}'`,
    );
    scene.proxy.isClosed = true;
    await scene.server.crash();
    await scene.server.start();
    let number = 0;
    while (number <= Number(row?.['number'])) {
      const [next] = await scene.server.sql('SELECT pg_current_xact_id()::text AS number');
      number = Number(next?.['number']);
    }
    const [reused] = await scene.server.sql(`SELECT pg_xact_status('${row?.['number']}') AS status`);
    expect(reused, 'what the server now says of the number').to.deep.equal({ status: 'committed' });
    scene.proxy.isClosed = false;
    const { error } = await committing;
    expect(await applied()).to.equal(0);
    expect(error).to.be.instanceOf(OutcomeUnknown);
  });

  it('does not cancel another transaction that got its number after a crash', async () => {
    const { change } = scene.aCreation();
    scene.once(isCommit, 'hold');
    const committing = outcomeOf(scene.store.commit(change, within(4000)));
    await eventually('the COMMIT is on its way', () => scene.proxy.held > 0);
    const [row] = await scene.server.sql(
      `SELECT max(backend_xid::text::bigint) AS number FROM pg_stat_activity WHERE usename = '${SERVICE}'`,
    );
    scene.proxy.isClosed = true;
    await scene.server.crash();
    await scene.server.start();
    const client = new Client({ connectionString: scene.server.url('postgres', { role: SERVICE }) });
    await client.connect();
    try {
      for (let number = 0; number < Number(row?.['number']); ) {
        await client.query('ROLLBACK; BEGIN');
        const { rows } = await client.query('SELECT pg_current_xact_id()::text AS number');
        number = Number(rows[0]?.number);
      }
      const working = outcomeOf(client.query('SELECT pg_sleep(4)'));
      scene.proxy.isClosed = false;
      expect((await committing).error).to.be.instanceOf(OutcomeUnknown);
      expect((await working).error).to.equal(undefined);
    } finally {
      await client.end();
    }
  });
});
