import { expect } from 'chai';
import { OutcomeUnknown, StoreUnavailable } from '../../../../src/ports/errors.ts';
import { clock, eventually, outcomeOf, ProxiedStore, TOLERANCE_MS, within } from './proxied-store.ts';
import { isCommit, isOpening } from './wire-proxy.ts';

const SLOW_MS = 1500;

describe('PostgresUserStore, when what COMMIT does takes long', () => {
  const scene = ProxiedStore.inSuite();

  /** PostgreSQL leaves deferred triggers until COMMIT. Ours are none, but a DBA may have added one. */
  describe('because of deferred triggers', () => {
    const makeCommitWait = (waiting: string) =>
      scene.administer(
        `CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$
           DECLARE until timestamptz := clock_timestamp() + interval '${SLOW_MS} ms';
           BEGIN ${waiting} RETURN NULL; END $$;
         CREATE CONSTRAINT TRIGGER slow_commit AFTER INSERT ON rollcall.users
           DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait()`,
      );
    afterEach(() => scene.administer('DROP FUNCTION IF EXISTS wait CASCADE'));

    it('is rolled back by the server before the deadline', async () => {
      await makeCommitWait('PERFORM pg_sleep_until(until);');
      const { change, applied } = scene.aCreation();
      const { error, ms } = await outcomeOf(scene.store.commit(change, within(800)));
      expect(error).to.be.instanceOf(StoreUnavailable);
      expect(ms).to.be.below(800 + TOLERANCE_MS);
      expect(await scene.sessionsInTransaction()).to.equal(0);
      expect(await applied()).to.equal(0);
    });

    it('is not applied later either, if it cannot be cancelled', async () => {
      await makeCommitWait(
        `WHILE clock_timestamp() < until LOOP
           BEGIN PERFORM pg_sleep_until(until); EXCEPTION WHEN query_canceled THEN END;
         END LOOP;`,
      );
      const { change, applied } = scene.aCreation();
      const { error, ms } = await outcomeOf(scene.store.commit(change, within(800)));
      expect(error).to.be.instanceOf(OutcomeUnknown);
      expect(ms).to.be.below(800 + TOLERANCE_MS);
      expect(await scene.sessionsInTransaction(), 'sessions that could still commit').to.equal(1);
      await eventually('the transaction ended', async () => (await scene.sessionsInTransaction()) === 0);
      expect(await applied()).to.equal(0);
    });
  });

  it('is not begun with so little time left that it could not be cancelled', async () => {
    const { change, applied } = scene.aCreation();
    const sent: string[] = [];
    scene.proxy.fateOf = (bytes) => {
      sent.push(bytes);
      return isOpening(bytes) ? 'hold' : 'pass';
    };
    const committing = outcomeOf(scene.store.commit(change, within(2000)));
    await eventually('the change began', () => scene.proxy.held > 0);
    await clock.sleep(1700);
    scene.proxy.deliver();
    const { error } = await committing;
    expect(error).to.be.instanceOf(StoreUnavailable);
    expect((error as Error).message).to.match(/only \d+ ms were left to commit/);
    expect(sent.filter(isCommit)).to.deep.equal([]);
    expect(await applied()).to.equal(0);
  });

  describe('because a synchronous standby does not answer', () => {
    const setStandby = async (setting: string) => {
      await scene.server.sql(`ALTER SYSTEM SET synchronous_standby_names = '${setting}'`);
      await scene.server.sql('SELECT pg_reload_conf()');
    };
    beforeEach(() => setStandby('nobody'));
    afterEach(() => setStandby(''));

    it('a change is not acknowledged; what is seen of it is seen by the deadline', async () => {
      const { change, applied } = scene.aCreation();
      const deadline = within(1000);
      const { error } = await outcomeOf(scene.store.commit(change, deadline));
      expect(error).to.be.instanceOf(OutcomeUnknown);
      expect(await applied()).to.equal(1);
      expect(clock.monotonic()).to.be.below(deadline + TOLERANCE_MS);
    });

    const waiting = async () =>
      (await scene.server.sql(`SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep'`)).length;
    /** A change whose COMMIT waits for the standby, and that was abandoned while the server could not be reached. */
    const abandon = async () => {
      const { change, applied } = scene.aCreation();
      scene.proxy.fateOf = (bytes) => {
        if (isCommit(bytes)) scene.proxy.isClosed = true;
        return 'pass';
      };
      const { error } = await outcomeOf(scene.store.commit(change, within(600)));
      expect(error).to.be.instanceOf(OutcomeUnknown);
      const { settled } = error as OutcomeUnknown;
      if (settled === undefined) return expect.fail('it may still be applied');
      expect(await waiting()).to.equal(1);
      return { settled, applied };
    };

    it('cancels an abandoned change as soon as the server can be reached', async () => {
      const { settled, applied } = await abandon();
      await clock.sleep(1000);
      expect(await waiting()).to.equal(1);
      scene.proxy.isClosed = false;
      await settled;
      expect(await waiting()).to.equal(0);
      expect(await applied()).to.equal(1);
    });

    it('does not prevent the store from closing', async () => {
      const { settled } = await abandon();
      const closing = await outcomeOf(scene.close());
      expect(closing.error).to.equal(undefined);
      expect(closing.ms).to.be.below(6000);
      await settled;
    });

    it('does not acknowledge a change whose wait was cancelled by an administrator', async () => {
      const { change, applied } = scene.aCreation();
      const committing = outcomeOf(scene.store.commit(change, within(3000)));
      const free = `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`;
      await eventually('it waits', async () => (await scene.server.sql(free)).length > 0);
      const { error, ms } = await committing;
      expect(error).to.be.instanceOf(OutcomeUnknown);
      expect(ms).to.be.below(2000);
      expect(await applied()).to.equal(1);
    });
  });
});
