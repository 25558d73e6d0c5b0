import { expect } from 'chai';
import { MemoryCache } from '../../../src/adapters/caches/memory/memory-cache.ts';
import { MemoryUserStore } from '../../../src/adapters/stores/memory/memory-user-store.ts';
import { Doctor } from '../../../src/app/operations/doctor.ts';
import type { Cache } from '../../../src/ports/cache.ts';
import type { Diagnosable, Finding } from '../../../src/ports/diagnosis.ts';
import { CacheUnavailable, StoreUnavailable } from '../../../src/ports/errors.ts';
import { SETTINGS } from '../../support/fresh-stack.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const REFUSED = 'connection refused (127.0.0.1:9)';

describe('doctor', () => {
  const clock = new ManualClock();
  const reporting = (...findings: readonly Finding[]): Diagnosable => ({ diagnose: async () => findings });

  const run = (
    store: { readonly isUp: boolean },
    storeDiagnosis?: Diagnosable,
    cacheDiagnosis?: Diagnosable,
  ) => {
    const records = new MemoryUserStore({ clock, tombstoneTtlMs: 1000 });
    const cache: Cache = new MemoryCache({ clock });
    if (!store.isUp) records.readMeta = () => Promise.reject(new StoreUnavailable(REFUSED));
    if (cacheDiagnosis !== undefined) cache.get = () => Promise.reject(new CacheUnavailable(REFUSED));
    return new Doctor({
      store: records,
      storeDiagnosis,
      cache,
      cacheDiagnosis,
      cacheIdentity: { description: 'memory', isPrivate: true, isAbsent: false },
      clock,
      settings: SETTINGS,
    }).run();
  };
  const problems = (findings: readonly Finding[]) =>
    findings.filter(({ level }) => level === 'problem').map(({ what }) => what);
  const subjects = (findings: readonly Finding[]) => findings.map(({ what }) => what.split(':')[0]);

  it('reports the round trips of store and cache, and the epoch', async () => {
    expect(subjects(await run({ isUp: true }))).to.deep.equal(['store', 'cache', 'epoch']);
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
