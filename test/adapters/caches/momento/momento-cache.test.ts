import { expect } from 'chai';
import { cacheContract } from '../../../contracts/cache-contract.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { MomentoServer } from '../../../support/momento-server/momento-server.ts';
import { momentoCacheUnderTest, openMomentoCache } from '../../../support/open-momento-cache.ts';

describe('MomentoCache on the wire', () => {
  const time = new ManualClock();
  let server: MomentoServer;
  before(async () => {
    server = await MomentoServer.start({ clock: time });
  });
  after(() => server.stop());

  cacheContract(momentoCacheUnderTest(() => server.port, time));

  describe('what the contract has sent', () => {
    it('is consistent reads, and conditional sets that last whole seconds', async () => {
      const { cache, close } = openMomentoCache(server.port);
      const soon = performance.now() + 5000;
      await cache.put('key', 'first', 1500, soon);
      await cache.replace('key', 'first', 'second', 1500, soon);
      await cache.add('key', 'third', 1500, soon);
      await cache.getMany(['key', 'other'], soon);
      close();
      const { requests } = server;
      const reads = requests.filter(({ method }) => method === 'Get');
      const sets = requests.filter(({ method }) => method === 'SetIf');
      expect(reads.length + sets.length).to.equal(requests.length);
      expect(new Set(reads.map(({ readConcern }) => readConcern))).to.deep.equal(new Set(['consistent']));
      expect(new Set(sets.map(({ condition }) => condition))).to.deep.equal(
        new Set(['absent', 'equal', 'not_equal']),
      );
      for (const { ttlMs = 0 } of sets)
        expect(ttlMs % 1000 === 0 && ttlMs >= 1000, `${ttlMs}`).to.equal(true);
    });
  });
});
