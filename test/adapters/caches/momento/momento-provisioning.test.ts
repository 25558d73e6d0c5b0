import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { MomentoDiagnosis } from '../../../../src/adapters/caches/momento/momento-diagnosis.ts';
import { MomentoMaintenance } from '../../../../src/adapters/caches/momento/momento-maintenance.ts';
import {
  checkMomentoCache,
  provisionMomentoCache,
} from '../../../../src/adapters/caches/momento/momento-provisioning.ts';
import { CacheUnavailable } from '../../../../src/ports/errors.ts';
import { serverOf } from '../../../contracts/cache/cache-under-test.ts';
import { deadline } from '../../../support/deadline.ts';
import { momentoFixture, type OpenMomentoCache } from '../../../support/momento-fixture.ts';
import type { MomentoServer } from '../../../support/momento-server/momento-server.ts';
import { rejectionOf } from '../../../support/rejection-of.ts';

describe('Momento cache provisioning', () => {
  const { startServer, openCache } = momentoFixture();
  let server: MomentoServer;
  let existing: OpenMomentoCache;
  let missing: OpenMomentoCache;

  beforeEach(async () => {
    server = await startServer({ caches: ['existing'] });
    existing = openCache({ port: server.port, cacheName: 'existing' });
    missing = openCache({ port: server.port, cacheName: 'missing' });
  });

  const provision = ({ momento }: OpenMomentoCache) => provisionMomentoCache(momento, deadline());

  it('creates a missing cache and keeps an existing one', async () => {
    expect(await checkMomentoCache(missing.momento, deadline())).to.equal('missing');
    expect(server.caches).to.deep.equal(['existing']);
    expect(await provision(missing)).to.equal('created');
    expect(server.caches).to.deep.equal(['existing', 'missing']);
    await missing.cache.put('key', 'value', 60_000, serverOf(missing.cache), deadline());
    expect(await provision(missing)).to.equal('exists');
    expect(await missing.cache.get('key', serverOf(missing.cache), deadline())).to.equal('value');
  });

  it('creates the cache once when run concurrently', async () => {
    const states = await Promise.all(Array.from({ length: 5 }, () => provision(missing)));
    expect(states.toSorted()).to.deep.equal(['created', 'exists', 'exists', 'exists', 'exists']);
  });

  it('needs no permission to create caches if the cache exists', async () => {
    server.fault({ method: 'CreateCache', outcome: { status: status.PERMISSION_DENIED } });
    expect(await provision(existing)).to.equal('exists');
    const { message } = await rejectionOf(provision(missing), CacheUnavailable);
    expect(message).to.match(/^Momento denied permission: .*PERMISSION_DENIED/);
  });

  it('finds the cache on the next run after the response was lost', async () => {
    server.fault({ method: 'CreateCache', outcome: 'reset-after-apply', times: 1 });
    await rejectionOf(provision(missing), CacheUnavailable);
    expect(await provision(missing)).to.equal('exists');
  });

  it('rejects at the deadline', async () => {
    server.fault({ method: 'CreateCache', outcome: 'drop-request' });
    const { message } = await rejectionOf(provisionMomentoCache(missing.momento, deadline(50)));
    expect(message).to.equal('Momento did not answer in time');
  });

  it('reports a cache that it has created, and one that existed already', async () => {
    const maintenance = new MomentoMaintenance(missing.momento);
    const findings = [await maintenance.provision(deadline()), await maintenance.provision(deadline())];
    expect(findings.flat()).to.deep.equal([
      { level: 'ok', what: 'momento: cache missing (created)' },
      { level: 'ok', what: 'momento: cache missing' },
    ]);
  });

  describe('diagnosis', () => {
    const diagnose = ({ momento }: OpenMomentoCache) => new MomentoDiagnosis(momento).diagnose(deadline());

    it('reports an existing cache as ok', async () => {
      expect(await diagnose(existing)).to.deep.equal([{ level: 'ok', what: 'momento: cache existing' }]);
    });

    it('reports a missing cache as a problem, with advice', async () => {
      expect(await diagnose(missing)).to.deep.equal([
        {
          level: 'problem',
          what: 'momento: cache missing does not exist',
          advice: 'run `rollcall provision`',
        },
      ]);
    });

    it('reports why Momento cannot be reached', async () => {
      await server.stop();
      const [{ level, what, advice } = expect.fail()] = await diagnose(existing);
      expect(level).to.equal('problem');
      expect(what).to.match(/^Momento cannot be reached: connection re(fused|set) \(127\.0\.0\.1:\d+\)$/);
      expect(advice).to.match(/MOMENTO_API_KEY/);
      await server.start();
    });
  });
});
