import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { MomentoDiagnosis } from '../../../../src/adapters/caches/momento/momento-diagnosis.ts';
import {
  checkMomentoCache,
  provisionMomentoCache,
} from '../../../../src/adapters/caches/momento/momento-provisioning.ts';
import { CacheUnavailable } from '../../../../src/ports/errors.ts';
import { MomentoServer } from '../../../support/momento-server/momento-server.ts';
import { type OpenedMomentoCache, openMomentoCache } from '../../../support/open-momento-cache.ts';
import { failureOf } from './failure-of.ts';

const soon = () => performance.now() + 5000;
const in50 = () => performance.now() + 50;

describe('The cache at Momento', () => {
  let server: MomentoServer;
  let opened: OpenedMomentoCache;
  let there: OpenedMomentoCache;

  beforeEach(async () => {
    server = await MomentoServer.start({ caches: ['there'] });
    opened = openMomentoCache(server.port, 'wanted', 1500);
    there = openMomentoCache(server.port, 'there', 1500);
  });
  afterEach(async () => {
    opened.close();
    there.close();
    await server.stop();
  });

  it('is made if it is missing, and left alone if it is there', async () => {
    expect(await checkMomentoCache(opened.momento, soon())).to.deep.equal({
      state: 'missing',
      text: 'cache wanted: there is none',
    });
    expect(server.caches).to.deep.equal(['there']);
    expect(await provisionMomentoCache(opened.momento, soon())).to.deep.equal({
      state: 'made',
      text: 'cache wanted',
    });
    expect(server.caches).to.deep.equal(['there', 'wanted']);
    await opened.cache.put('key', 'value', 60_000, soon());
    expect(await provisionMomentoCache(opened.momento, soon())).to.deep.equal({
      state: 'right',
      text: 'cache wanted',
    });
    expect(await opened.cache.get('key', soon())).to.equal('value');
  });

  it('is made once by several at once', async () => {
    const findings = await Promise.all(
      Array.from({ length: 5 }, () => provisionMomentoCache(opened.momento, soon())),
    );
    const states = findings.map(({ state }) => state).toSorted();
    expect(states).to.deep.equal(['made', 'right', 'right', 'right', 'right']);
  });

  it('needs no right to make caches where it is there', async () => {
    server.fault({ method: 'CreateCache', ending: { status: status.PERMISSION_DENIED } });
    expect((await provisionMomentoCache(there.momento, soon())).state).to.equal('right');
    const failure = await failureOf(provisionMomentoCache(opened.momento, soon()));
    expect(failure).to.be.instanceOf(CacheUnavailable);
    expect(failure.message).to.match(/PERMISSION_DENIED/);
  });

  it('may have been made although the answer was lost; the next time finds it', async () => {
    server.fault({ method: 'CreateCache', ending: 'lost', times: 1 });
    expect(await failureOf(provisionMomentoCache(opened.momento, soon()))).to.be.instanceOf(CacheUnavailable);
    expect((await provisionMomentoCache(opened.momento, soon())).state).to.equal('right');
  });

  it('is not waited for beyond the deadline', async () => {
    server.fault({ method: 'CreateCache', ending: 'silent' });
    const failure = await failureOf(provisionMomentoCache(opened.momento, in50()));
    expect(failure.message).to.equal('Momento did not answer in time.');
  });

  describe('in a diagnosis', () => {
    it('is in order', async () => {
      expect(await new MomentoDiagnosis(there.momento).diagnose(soon())).to.deep.equal([
        { level: 'ok', what: 'momento: cache there' },
      ]);
    });

    it('is missing, and can be made', async () => {
      expect(await new MomentoDiagnosis(opened.momento).diagnose(soon())).to.deep.equal([
        {
          level: 'problem',
          what: 'momento: cache wanted: there is none',
          advice: 'run `rollcall provision`',
        },
      ]);
    });

    it('cannot be reached, and says why', async () => {
      await server.stop();
      const [{ level, what, advice } = expect.fail()] = await new MomentoDiagnosis(there.momento).diagnose(
        soon(),
      );
      expect(level).to.equal('problem');
      expect(what).to.match(/^momento: Momento failed: 14 UNAVAILABLE: /);
      expect(advice).to.match(/MOMENTO_API_KEY/);
      await server.start();
    });
  });
});
