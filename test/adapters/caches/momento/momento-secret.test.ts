import { inspect } from 'node:util';
import { type CredentialProvider, MomentoLocalProvider } from '@gomomento/sdk';
import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { MomentoCache } from '../../../../src/adapters/caches/momento/momento-cache.ts';
import {
  createMomentoClient,
  MomentoClient,
} from '../../../../src/adapters/caches/momento/momento-client.ts';
import { momentoCredentials } from '../../../../src/adapters/caches/momento/momento-credentials.ts';
import { readMomentoSecret } from '../../../../src/adapters/caches/momento/momento-secret.ts';
import { CacheUnavailable } from '../../../../src/ports/errors.ts';
import { serverOf } from '../../../contracts/cache/cache-under-test.ts';
import { deadline } from '../../../support/deadline.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { momentoFixture } from '../../../support/momento-fixture.ts';
import type { MomentoServer } from '../../../support/momento-server/momento-server.ts';
import { rejectionOf } from '../../../support/rejection-of.ts';
import { yieldToEventLoop } from '../../../support/yield-to-event-loop.ts';
import { V1_INNER_KEY, V1_TOKEN, V2_KEY } from './momento-keys.ts';
import { SecretsManagerStub, type StubOutcome } from './secrets-manager-stub.ts';

const ENDPOINT = 'v2.momento.test';
const ROTATED_KEY = V2_KEY.replace('v2', 'new');

const rejected = (promise: Promise<unknown>) => rejectionOf(promise, CacheUnavailable);

/** Sends the key of other credentials to the test server. */
class LocalProviderWithKey extends MomentoLocalProvider {
  readonly #credentials: CredentialProvider;
  constructor(credentials: CredentialProvider, port: number) {
    super({ hostname: '127.0.0.1', port });
    this.#credentials = credentials;
  }
  override getAuthToken(): string {
    return this.#credentials.getAuthToken();
  }
}

describe('MomentoClient with a key in AWS Secrets Manager', () => {
  const { startServer, openCache, addCleanup } = momentoFixture();
  let clock: ManualClock;
  let secrets: SecretsManagerStub;
  let server: MomentoServer;
  let momento: MomentoClient;
  let cache: MomentoCache;

  beforeEach(async () => {
    clock = new ManualClock();
    secrets = await SecretsManagerStub.start({
      secret: JSON.stringify({ apiKey: V2_KEY, endpoint: ENDPOINT }),
    });
    addCleanup(() => secrets.stop());
    server = await startServer();
    momento = new MomentoClient(
      async () =>
        new LocalProviderWithKey(momentoCredentials(await readMomentoSecret(secrets.options)), server.port),
      { cacheName: 'rollcall', clock },
    );
    addCleanup(() => momento.close());
    cache = new MomentoCache(momento);
  });

  /** The server is known only after the secret has been read. */
  const on = () => `momento 127.0.0.1:${server.port} rollcall`;
  const get = (key = 'key', ms = 5000) => cache.get(key, on(), clock.monotonic() + ms);
  const keysSent = (): ReadonlySet<string | undefined> =>
    new Set(server.requests.map(({ authorization }) => authorization));

  it('reads the secret on first use, once for concurrent operations', async () => {
    await yieldToEventLoop();
    expect(secrets.requestedIds).to.deep.equal([]);
    await Promise.all(Array.from({ length: 20 }, (_, turn) => get(`key ${turn}`)));
    await get('later');
    expect(secrets.requestedIds).to.deep.equal(['momento/key']);
    expect(keysSent()).to.deep.equal(new Set([V2_KEY]));
  });

  const failures: Record<string, [StubOutcome, RegExp]> = {
    'the secret does not exist': [
      { error: 'ResourceNotFoundException' },
      /injected ResourceNotFoundException/,
    ],
    'this process may not read it': [{ error: 'AccessDeniedException' }, /injected AccessDeniedException/],
    'the connection is reset': ['reset', /hang up|ECONNRESET/],
    'it contains no key': [{ secret: '{"password":"SECRET"}' }, /JSON without a field apiKey/],
    'its key is malformed': [{ secret: 'SECRET' }, /is not a v1 token/],
  };
  for (const [name, [outcome, reason]] of Object.entries(failures)) {
    it(`rejects if ${name}, without disclosing it, and reads it again on the next use`, async () => {
      const valid = secrets.outcome;
      secrets.outcome = outcome;
      const rejection = await rejected(get());
      expect(rejection.message)
        .to.match(/^cannot read the Momento API key: /)
        .and.to.match(reason);
      expect(inspect(rejection, { depth: null })).to.not.include('SECRET');
      secrets.outcome = valid;
      expect(await get()).to.equal(undefined);
      expect(secrets.requestedIds).to.have.length(2);
    });
  }

  it('rejects at the deadline while the secret is being read, and then serves operations that still wait', async () => {
    const { outcome } = secrets;
    secrets.outcome = 'hold';
    const late = await rejected(cache.put('key', 'late', 60_000, on(), clock.monotonic() + 50));
    expect(late.message).to.equal('the Momento API key was not available in time');
    const waiting = get();
    secrets.release(outcome);
    expect(await waiting).to.equal(undefined);
    expect(server.requests.map(({ method }) => method)).to.deep.equal(['Get']);
    expect(secrets.requestedIds).to.have.length(1);
  });

  it('limits the time for reading the secret', async () => {
    secrets.outcome = 'hold';
    const { message } = await rejectionOf(readMomentoSecret({ ...secrets.options, timeoutMs: 20 }));
    expect(message).to.equal('AWS Secrets Manager did not answer within 20 ms');
  });

  it('reads the secret again after Momento has rejected the key, at most every ten seconds', async () => {
    await get();
    server.fault({ outcome: { status: status.UNAUTHENTICATED } });
    for (let turn = 0; turn < 5; turn += 1) await rejected(get());
    expect(secrets.requestedIds).to.have.length(1);
    secrets.outcome = { secret: JSON.stringify({ apiKey: ROTATED_KEY, endpoint: ENDPOINT }) };
    await clock.advance(10_000);
    for (let turn = 0; turn < 5; turn += 1) await rejected(get());
    server.clearFaults();
    while (!keysSent().has(ROTATED_KEY)) await get();
    expect(secrets.requestedIds).to.have.length(2);
    await get();
    expect(server.requests.at(-1)?.authorization).to.equal(ROTATED_KEY);
  });

  it('continues with the current key if the secret cannot be read again', async () => {
    await get();
    secrets.outcome = { error: 'InternalServiceError' };
    server.fault({ outcome: { status: status.UNAUTHENTICATED }, times: 1 });
    await clock.advance(10_000);
    await rejected(get());
    while (secrets.requestedIds.length < 2) await yieldToEventLoop();
    await get();
    expect(server.requests.at(-1)?.authorization).to.equal(V2_KEY);
  });

  it('never discloses the key in a rejection or when inspected', async () => {
    server.fault({ outcome: { status: status.UNAUTHENTICATED }, times: 1 });
    server.fault({ outcome: { status: status.PERMISSION_DENIED }, times: 1 });
    server.fault({ outcome: 'reset-after-apply', times: 1 });
    const rejections: Error[] = [];
    for (let turn = 0; turn < 3; turn += 1) rejections.push(await rejected(get()));
    await server.stop();
    rejections.push(await rejected(get()));
    for (const value of [...rejections, momento, cache]) {
      expect(inspect(value, { depth: null, showHidden: true })).to.not.include(V2_KEY);
    }
    await server.start();
  });

  it('opens no connection if it is closed while the secret is being read', async () => {
    const pending = rejected(get());
    momento.close();
    expect((await pending).message).to.match(/closed/);
    const other = openCache(server);
    await other.cache.get('key', serverOf(other.cache), deadline());
    other.close();
    while (server.connections > 0) await yieldToEventLoop();
  });

  it('reads a secret with a v1 token or a v2 key, and reports why that failed', async () => {
    const { options } = secrets;
    secrets.outcome = { error: 'AccessDeniedException' };
    const access = { kind: 'secret', ...options } as const;
    const client = createMomentoClient({ access, cacheName: 'rollcall', clock });
    addCleanup(() => client.close());
    const { message } = await rejected(
      new MomentoCache(client).get('key', 'unknown yet', clock.monotonic() + 5000),
    );
    expect(message).to.match(/AccessDenied/);
    secrets.outcome = { secret: V2_KEY };
    const key = momentoCredentials(await readMomentoSecret({ ...options, endpoint: ENDPOINT }));
    expect([key.getAuthToken(), key.getCacheEndpoint()]).to.deep.equal([V2_KEY, `cache.${ENDPOINT}`]);
    secrets.outcome = { secret: V1_TOKEN };
    expect(momentoCredentials(await readMomentoSecret(options)).getAuthToken()).to.equal(V1_INNER_KEY);
  });
});
