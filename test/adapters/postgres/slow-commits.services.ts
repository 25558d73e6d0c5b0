import { expect } from 'chai';
import { OutcomeUnknown, StoreUnavailable } from '../../../src/ports/errors.ts';
import { clock, eventually, outcomeOf, ProxiedStore, TOLERANCE_MS, within } from './proxied-store.ts';

const SLOW_MS = 2000;

/** Once the deadline was compared, nothing but COMMIT itself takes time. */
describe('PostgresUserStore, when COMMIT itself takes longer than there is time', () => {
  const scene = ProxiedStore.inSuite();

  describe('before the server has decided', () => {
    /** PostgreSQL runs deferred triggers when it commits; ours has none, a DBA may have added one. */
    const makeCommitWait = (waiting: string) =>
      scene.administer(
        `CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$
           DECLARE until timestamptz := clock_timestamp() + interval '${SLOW_MS} ms';
           BEGIN ${waiting} RETURN NULL; END $$;
         CREATE CONSTRAINT TRIGGER slow_commit AFTER INSERT ON rollcall.users
           DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait()`,
      );
    afterEach(() => scene.administer('DROP FUNCTION IF EXISTS wait CASCADE'));

    it('it is cancelled, and never made', async () => {
      await makeCommitWait('PERFORM pg_sleep_until(until);');
      const { change, applied } = scene.aCreation();
      const { error, ms } = await outcomeOf(scene.store.commit(change, within(800)));
      // The last attempt may have had too little time to hear that it was cancelled.
      expect(error instanceof StoreUnavailable || error instanceof OutcomeUnknown, String(error)).to.equal(
        true,
      );
      expect(ms).to.be.below(800 + TOLERANCE_MS);
      await eventually('nobody commits any longer', async () => (await scene.sessionsInTransaction()) === 0);
      expect(await applied()).to.equal(0);
    });

    it('and cannot be cancelled, the outcome is unknown in time, whatever comes of it', async () => {
      // As a disk does that takes its time: only that bounds how late the change comes to light.
      await makeCommitWait(
        `WHILE clock_timestamp() < until LOOP
           BEGIN PERFORM pg_sleep_until(until); EXCEPTION WHEN query_canceled THEN END;
         END LOOP;`,
      );
      const { change, applied } = scene.aCreation();
      const { error, ms } = await outcomeOf(scene.store.commit(change, within(800)));
      expect(error).to.be.instanceOf(OutcomeUnknown);
      expect(ms).to.be.below(800 + TOLERANCE_MS);
      expect(await applied(), 'not seen yet').to.equal(0);
      await eventually('it is made', async () => (await scene.sessionsInTransaction()) === 0);
      expect(await applied()).to.equal(1);
    });
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

    it('a change that somebody freed from waiting is not acknowledged either', async () => {
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
