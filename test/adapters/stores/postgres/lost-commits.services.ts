import { expect } from 'chai';
import { Client } from 'pg';
import { OutcomeUnknown } from '../../../../src/ports/errors.ts';
import { SERVICE } from '../../../support/postgres-server.ts';
import { clock, eventually, outcomeOf, ProxiedStore, TOLERANCE_MS, within } from './proxied-store.ts';
import { isCommit, isOpening } from './wire-proxy.ts';

describe('PostgresUserStore, if the answer to COMMIT is lost', () => {
  const scene = ProxiedStore.inSuite();

  for (const fate of ['break', 'deaf'] as const) {
    it(`determines that a commit was applied although its answer is lost (${fate})`, async () => {
      const { change, applied } = scene.aCreation();
      scene.once(isCommit, fate);
      await scene.store.commit(change, within(2000));
      expect(await applied()).to.equal(1);
    });

    it(`reports an unknown outcome if the server cannot be queried either (${fate})`, async () => {
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

  it('commits once if the first COMMIT never arrived', async () => {
    const { change, applied } = scene.aCreation();
    scene.once(isCommit, 'lose');
    await scene.store.commit(change, within(2000));
    expect(await applied()).to.equal(1);
  });

  it('replaces the meta record and reports it, although the answer was lost', async () => {
    const { meta } = await scene.direct.readMeta(within(2000));
    const next = { storeId: 'store', generation: (meta?.generation ?? 0) + 1, cache: 'none' };
    scene.once(isCommit, 'break');
    expect(await scene.store.replaceMeta(meta, next, within(2000))).to.equal(true);
    expect((await scene.store.readMeta(within(2000))).meta).to.deep.equal(next);
  });

  it('a COMMIT that arrives after the deadline has no effect', async () => {
    const { change, applied } = scene.aCreation();
    // The opening statements are delayed too, so the server's own timeouts end after the deadline.
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
    await eventually('a change has begun', () => openings > 0);
    await clock.sleep(400);
    scene.proxy.deliver();
    await eventually('the COMMIT is held by the proxy', () => scene.proxy.held > 0);
    const { error } = await committing;
    expect(error).to.be.instanceOf(OutcomeUnknown);
    await clock.sleep(deadline - clock.monotonic() + 60);
    expect(await scene.sessionsInTransaction(), 'sessions that could still commit').to.equal(1);
    scene.proxy.deliver();
    await eventually('the transaction has ended', async () => (await scene.sessionsInTransaction()) === 0);
    expect(await applied()).to.equal(0);
  });

  it('does not mistake another transaction with the same id for its own after a crash', async () => {
    const { change, applied } = scene.aCreation();
    scene.once(isCommit, 'hold');
    const committing = outcomeOf(scene.store.commit(change, within(10_000)));
    await eventually('the COMMIT is held by the proxy', () => scene.proxy.held > 0);
    const [row] = await scene.server.sql(
      `SELECT max(backend_xid::text::bigint) AS xid FROM pg_stat_activity WHERE usename = '${SERVICE}'`,
    );
    scene.proxy.isClosed = true;
    await scene.server.crash();
    await scene.server.start();
    let xid = 0;
    while (xid <= Number(row?.['xid'])) {
      const [next] = await scene.server.sql('SELECT pg_current_xact_id()::text AS xid');
      xid = Number(next?.['xid']);
    }
    const [reused] = await scene.server.sql(`SELECT pg_xact_status('${row?.['xid']}') AS status`);
    expect(reused, 'status of this id on the server').to.deep.equal({ status: 'committed' });
    scene.proxy.isClosed = false;
    const { error } = await committing;
    expect(await applied()).to.equal(0);
    expect(error).to.be.instanceOf(OutcomeUnknown);
  });

  it('does not cancel another transaction that got the same id after a crash', async () => {
    const { change } = scene.aCreation();
    scene.once(isCommit, 'hold');
    const committing = outcomeOf(scene.store.commit(change, within(4000)));
    await eventually('the COMMIT is held by the proxy', () => scene.proxy.held > 0);
    const [row] = await scene.server.sql(
      `SELECT max(backend_xid::text::bigint) AS xid FROM pg_stat_activity WHERE usename = '${SERVICE}'`,
    );
    scene.proxy.isClosed = true;
    await scene.server.crash();
    await scene.server.start();
    const client = new Client({ connectionString: scene.server.url('postgres', { role: SERVICE }) });
    await client.connect();
    try {
      for (let xid = 0; xid < Number(row?.['xid']); ) {
        await client.query('ROLLBACK; BEGIN');
        const { rows } = await client.query('SELECT pg_current_xact_id()::text AS xid');
        xid = Number(rows[0]?.xid);
      }
      const unrelated = outcomeOf(client.query('SELECT pg_sleep(4)'));
      scene.proxy.isClosed = false;
      expect((await committing).error).to.be.instanceOf(OutcomeUnknown);
      expect((await unrelated).error).to.equal(undefined);
    } finally {
      await client.end();
    }
  });
});
