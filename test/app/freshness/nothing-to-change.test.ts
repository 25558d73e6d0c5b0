import { expect } from 'chai';
import { decode, encodeLease, encodeMarker, encodeValue } from '../../../src/app/freshness/cache-entry.ts';
import { changeOf, type Plan, put } from '../../../src/domain/change.ts';
import { type KeyOf, type Loaded, recordId, userKey } from '../../../src/domain/records.ts';
import { CacheUnavailable } from '../../../src/ports/errors.ts';
import { serverOf } from '../../contracts/cache/cache-under-test.ts';
import { aUser, text, uniqueUsername } from '../../support/accounts.ts';
import { freshInstance, freshStack } from '../../support/fresh-stack.ts';
import { openKey } from '../../support/open-epoch.ts';

/** "Nothing to change" acknowledges an earlier write, whose process may have crashed before publishing. */
describe('a write that finds nothing to change', () => {
  const user = aUser({ username: uniqueUsername() });
  const key = userKey(user.username);
  const naming =
    (firstName: string) =>
    ([loaded]: readonly [Loaded<KeyOf<'user'>>]): Plan<string> =>
      loaded.record?.firstName === firstName
        ? { result: 'as it was' }
        : {
            result: 'changed',
            change: changeOf({
              at: '2026-01-01T00:00:00.000Z',
              writes: [put(loaded, { ...user, firstName: text(firstName) })],
              preconditions: [],
              events: [],
            }),
          };

  /** The store holds `After`; the cache holds this entry because the write was never published. */
  async function unpublished(entry: (old: string) => string | undefined) {
    const stack = freshStack();
    const { clock, store, shared } = stack;
    await stack.writer.write({ keys: [key], plan: naming('Before') });
    const [before] = await store.readMany([key], Number.POSITIVE_INFINITY);
    await stack.writer.write({ keys: [key], plan: naming('After') });
    const at = openKey(recordId(key));
    const left = entry(encodeValue(before.version, before.record));
    if (left === undefined) await clock.advance(3_600_000);
    else await shared.put(at, left, 1_800_000, serverOf(shared), Number.POSITIVE_INFINITY);
    const asked = freshInstance(stack);
    asked.breaker.mayTrustCache = () => false;
    return { ...stack, asked, entry: async () => shared.get(at, serverOf(shared), Number.POSITIVE_INFINITY) };
  }

  it('invalidates an older value in the cache', async () => {
    const { asked, reader } = await unpublished((old) => old);
    expect(await asked.writer.write({ keys: [key], plan: naming('After') })).to.equal('as it was');
    expect((await reader.read([key]))[0].record?.firstName).to.equal('After');
  });

  it('invalidates a lease, so that its reader cannot fill an older value', async () => {
    const lease = encodeLease('another reader');
    const { asked, entry } = await unpublished(() => lease);
    await asked.writer.write({ keys: [key], plan: naming('After') });
    expect(decode((await entry()) ?? '').type).to.equal('marker');
  });

  it('invalidates an unreadable entry, which an instance of another version may be able to read', async () => {
    const { asked, entry } = await unpublished((old) => old.replace('"f":1', '"f":2'));
    await asked.writer.write({ keys: [key], plan: naming('After') });
    expect(await entry()).to.include('"m":');
  });

  it('puts no marker if the cache has no entry or the current value', async () => {
    const { asked, writer, cache } = await unpublished(() => undefined);
    await asked.writer.write({ keys: [key], plan: naming('After') });
    expect(asked.cache.of('put')).to.deep.equal([]);
    const marks = cache.of('put').length;
    await writer.write({ keys: [key], plan: naming('After') });
    await writer.write({ keys: [key], plan: naming('After') });
    expect(cache.of('put').length).to.equal(marks);
  });

  it('does not replace a marker, so that frequent no-op writes do not prevent caching', async () => {
    const { asked, entry } = await unpublished(() => encodeMarker('another writer'));
    await asked.writer.write({ keys: [key], plan: naming('After') });
    expect(await entry()).to.equal(encodeMarker('another writer'));
  });

  it('puts a marker if the entry cannot be read from the cache, and fails if that fails too', async () => {
    const { asked, entry } = await unpublished((old) => old);
    asked.cache.script = ({ operation }) => (operation === 'put' ? 'answered' : 'failed');
    expect(await asked.writer.write({ keys: [key], plan: naming('After') })).to.equal('as it was');
    expect(decode((await entry()) ?? '').type).to.equal('marker');
    asked.cache.script = () => 'failed';
    const failure = await asked.writer
      .write({ keys: [key], plan: naming('After') })
      .catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(CacheUnavailable);
  });
});
