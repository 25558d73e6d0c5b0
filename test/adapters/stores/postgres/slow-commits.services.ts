import { expect } from 'chai';
import { OutcomeUnknown, StoreUnavailable } from '../../../../src/ports/errors.ts';
import { clock, eventually, outcomeOf, ProxiedStore, TOLERANCE_MS, within } from './proxied-store.ts';

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

    it('the server gives up before the deadline, and nothing is made', async () => {
      await makeCommitWait('PERFORM pg_sleep_until(until);');
      const { change, applied } = scene.aCreation();
      const { error, ms } = await outcomeOf(scene.store.commit(change, within(800)));
      expect(error).to.be.instanceOf(StoreUnavailable);
      expect(ms).to.be.below(800 + TOLERANCE_MS);
      expect(await scene.sessionsInTransaction()).to.equal(0);
      expect(await applied()).to.equal(0);
    });

    it('nothing is made later either, where nobody can stop them', async () => {
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
