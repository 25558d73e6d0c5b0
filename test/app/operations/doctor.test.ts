import { expect } from 'chai';
import { MemoryCache } from '../../../src/adapters/caches/memory/memory-cache.ts';
import { MemoryUserStore } from '../../../src/adapters/stores/memory/memory-user-store.ts';
import { Doctor } from '../../../src/app/operations/doctor.ts';
import type { Cache } from '../../../src/ports/cache.ts';
import type { Diagnosable, Finding } from '../../../src/ports/diagnosis.ts';
import { CacheUnavailable, StoreUnavailable } from '../../../src/ports/errors.ts';
import { bindCache } from '../../support/bind-cache.ts';
import { SETTINGS } from '../../support/fresh-stack.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { ScriptedMetaStore } from '../../support/scripted-meta-store.ts';

const REFUSED = 'connection refused (127.0.0.1:9)';

describe('doctor', () => {
  const clock = new ManualClock();
  const reporting = (...findings: readonly Finding[]): Diagnosable => ({ diagnose: async () => findings });

  const parts = () => ({
    store: undefined,
    storeDiagnosis: undefined,
    cache: new MemoryCache({ clock }),
    cacheDiagnosis: undefined,
    cacheIdentity: { description: 'memory', isPrivate: true },
    clock,
    settings: SETTINGS,
  });
  const run = (
    store: { readonly isUp: boolean },
    storeDiagnosis?: Diagnosable,
    cacheDiagnosis?: Diagnosable,
  ) => {
    const records = new MemoryUserStore({ clock, tombstoneTtlMs: 1000 });
    const cache: Cache = new MemoryCache({ clock });
    if (!store.isUp) records.readMeta = () => Promise.reject(new StoreUnavailable(REFUSED));
    if (cacheDiagnosis !== undefined) cache.get = () => Promise.reject(new CacheUnavailable(REFUSED));
    return new Doctor({ ...parts(), store: records, storeDiagnosis, cache, cacheDiagnosis }).run();
  };
  const problems = (findings: readonly Finding[]) =>
    findings.filter(({ level }) => level === 'problem').map(({ what }) => what);
  const subjects = (findings: readonly Finding[]) => findings.map(({ what }) => what.split(':')[0]);

  it('reports the round trips of store and cache, and the registered cache', async () => {
    expect(subjects(await run({ isUp: true }))).to.deep.equal(['store', 'cache', 'registered cache']);
  });

  it('warns of a failover that no instance has noticed, and of one that was noticed', async () => {
    const store = new ScriptedMetaStore({ clock });
    store.server = 'timeline 1';
    await bindCache(store, { description: 'memory' }).establish(Number.POSITIVE_INFINITY);
    const warnings = async () => {
      const findings = await new Doctor({ ...parts(), store }).run();
      return findings.filter(({ level }) => level === 'warning').map(({ what }) => what);
    };
    expect(await warnings()).to.deep.equal([]);
    store.server = 'timeline 2';
    expect(await warnings()).to.deep.equal([
      'store: timeline 2 answers, but the instances last used timeline 1; it failed over, or a backup was restored',
    ]);
    await bindCache(store, { description: 'memory' }).establish(Number.POSITIVE_INFINITY);
    const [notice, ...others] = await warnings();
    expect(notice).to.contain('it moved from timeline 1 to timeline 2');
    expect(others).to.deep.equal([]);
  });

  it('reports a failing store once, without an adapter that diagnoses it', async () => {
    expect(problems(await run({ isUp: false }))).to.deep.equal([`store: ${REFUSED}`]);
  });

  it('reports a cause once that the diagnosis of the adapter has found already', async () => {
    const what = `PostgreSQL cannot be reached: ${REFUSED}`;
    const findings = await run({ isUp: false }, reporting({ level: 'problem', what }));
    expect(problems(findings)).to.deep.equal([what]);
    expect(subjects(findings)).to.deep.equal(['PostgreSQL cannot be reached', 'cache']);
  });

  it('reports a failing store although the diagnosis of the cache has found a problem', async () => {
    const what = `Redis cannot be reached: ${REFUSED}`;
    const findings = await run({ isUp: false }, undefined, reporting({ level: 'problem', what }));
    expect(problems(findings)).to.deep.equal([what, `store: ${REFUSED}`]);
  });

  it('reports a failing store although its diagnosis has found nothing wrong', async () => {
    const findings = await run({ isUp: false }, reporting({ level: 'warning', what: 'fsync is off' }));
    expect(problems(findings)).to.deep.equal([`store: ${REFUSED}`]);
  });
});
