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
import { ManualClock } from '../../../support/manual-clock.ts';
import { MomentoServer } from '../../../support/momento-server/momento-server.ts';
import { openMomentoCache } from '../../../support/open-momento-cache.ts';
import { yieldToEventLoop } from '../../../support/yield-to-event-loop.ts';
import { failureOf } from './failure-of.ts';
import { V1_INNER_KEY, V1_TOKEN, V2_KEY } from './momento-keys.ts';
import { type Ending, SecretsManagerStub } from './secrets-manager-stub.ts';

const ENDPOINT = 'v2.momento.test';
const NEW_KEY = V2_KEY.replace('v2', 'new');

/** The key that was read, but the address of the double. */
class LocalWithKey extends MomentoLocalProvider {
  readonly #credentials: CredentialProvider;
  constructor(credentials: CredentialProvider, port: number) {
    super({ hostname: '127.0.0.1', port });
    this.#credentials = credentials;
  }
  override getAuthToken(): string {
    return this.#credentials.getAuthToken();
  }
}

describe('MomentoClient whose key is in Secrets Manager', () => {
  const time = new ManualClock();
  const soon = () => time.monotonic() + 5000;
  const in50 = () => time.monotonic() + 50;
  let secrets: SecretsManagerStub;
  let server: MomentoServer;
  let momento: MomentoClient;
  let cache: MomentoCache;

  beforeEach(async () => {
    secrets = await SecretsManagerStub.start({
      secret: JSON.stringify({ apiKey: V2_KEY, endpoint: ENDPOINT }),
    });
    server = await MomentoServer.start();
    momento = new MomentoClient(
      async () => new LocalWithKey(momentoCredentials(await readMomentoSecret(secrets.options)), server.port),
      { cacheName: 'rollcall', clock: time },
    );
    cache = new MomentoCache(momento);
  });
  afterEach(async () => {
    momento.close();
    await server.stop();
    await secrets.stop();
  });

  const keysSent = (): ReadonlySet<string | undefined> =>
    new Set(server.requests.map(({ authorization }) => authorization));

  it('reads it when it is first needed, once for all who need it then', async () => {
    await yieldToEventLoop();
    expect(secrets.asked).to.deep.equal([]);
    await Promise.all(Array.from({ length: 20 }, (_, turn) => cache.get(`key ${turn}`, soon())));
    await cache.get('later', soon());
    expect(secrets.asked).to.deep.equal(['momento/key']);
    expect(keysSent()).to.deep.equal(new Set([V2_KEY]));
  });

  const failures: Record<string, [Ending, RegExp]> = {
    'it is not there': [{ error: 'ResourceNotFoundException' }, /a ResourceNotFoundException on purpose/],
    'this process may not read it': [
      { error: 'AccessDeniedException' },
      /a AccessDeniedException on purpose/,
    ],
    'the connection is reset': ['reset', /hang up|ECONNRESET/],
    'it holds no key': [{ secret: '{"password":"SECRET"}' }, /JSON without a field apiKey/],
    'its key cannot be one': [{ secret: 'SECRET' }, /no v1 token/],
  };
  for (const [name, [ending, message]] of Object.entries(failures)) {
    it(`fails where ${name}, showing nothing of it, and reads it again for the next who needs it`, async () => {
      const good = secrets.ending;
      secrets.ending = ending;
      const failure = await failureOf(cache.get('key', soon()));
      expect(failure).to.be.instanceOf(CacheUnavailable);
      expect(failure.message)
        .to.match(/^The key of Momento cannot be had: /)
        .and.to.match(message);
      expect(inspect(failure, { depth: null })).to.not.include('SECRET');
      secrets.ending = good;
      expect(await cache.get('key', soon())).to.equal(undefined);
      expect(secrets.asked).to.have.length(2);
    });
  }

  it('keeps the deadlines of those who wait for it, sends nothing for them later, and serves those who still wait', async () => {
    const { ending } = secrets;
    secrets.ending = 'held';
    const late = await failureOf(cache.put('key', 'late', 60_000, in50()));
    expect(late).to.be.instanceOf(CacheUnavailable);
    expect(late.message).to.equal('The key of Momento was not there in time.');
    const served = cache.get('key', soon());
    secrets.release(ending);
    expect(await served).to.equal(undefined);
    expect(server.requests.map(({ method }) => method)).to.deep.equal(['Get']);
    expect(secrets.asked).to.have.length(1);
  });

  it('gives up reading it after a while', async () => {
    secrets.ending = 'held';
    const failure = await failureOf(readMomentoSecret({ ...secrets.options, timeoutMs: 20 }));
    expect(failure.message).to.equal('Secrets Manager did not answer within 20 ms.');
  });

  it('reads it again where Momento refuses the key, but not all the time', async () => {
    await cache.get('key', soon());
    server.fault({ ending: { status: status.UNAUTHENTICATED } });
    for (let turn = 0; turn < 5; turn += 1) await failureOf(cache.get('key', soon()));
    expect(secrets.asked).to.have.length(1);
    secrets.ending = { secret: JSON.stringify({ apiKey: NEW_KEY, endpoint: ENDPOINT }) };
    await time.advance(10_000);
    for (let turn = 0; turn < 5; turn += 1) await failureOf(cache.get('key', soon()));
    server.clearFaults();
    while (!keysSent().has(NEW_KEY)) await cache.get('key', soon());
    expect(secrets.asked).to.have.length(2);
    await cache.get('key', soon());
    expect(server.requests.at(-1)?.authorization).to.equal(NEW_KEY);
  });

  it('goes on with the key at hand where it cannot be read again', async () => {
    await cache.get('key', soon());
    secrets.ending = { error: 'InternalServiceError' };
    server.fault({ ending: { status: status.UNAUTHENTICATED }, times: 1 });
    await time.advance(10_000);
    await failureOf(cache.get('key', soon()));
    while (secrets.asked.length < 2) await yieldToEventLoop();
    await cache.get('key', soon());
    expect(server.requests.at(-1)?.authorization).to.equal(V2_KEY);
  });

  it('shows the key in no failure', async () => {
    server.fault({ ending: { status: status.UNAUTHENTICATED }, times: 1 });
    server.fault({ ending: { status: status.PERMISSION_DENIED }, times: 1 });
    server.fault({ ending: 'lost', times: 1 });
    const failures = [];
    for (let turn = 0; turn < 3; turn += 1) failures.push(await failureOf(cache.get('key', soon())));
    await server.stop();
    failures.push(await failureOf(cache.get('key', soon())));
    for (const failure of [...failures, momento, cache]) {
      expect(inspect(failure, { depth: null, showHidden: true })).to.not.include(V2_KEY);
    }
    await server.start();
  });

  it('connects to nothing when it was closed while it was read', async () => {
    const pending = failureOf(cache.get('key', soon()));
    momento.close();
    expect((await pending).message).to.match(/closed/);
    const other = openMomentoCache(server.port);
    await other.cache.get('key', performance.now() + 5000);
    other.close();
    while (server.connections > 0) await yieldToEventLoop();
  });

  it('is made from its settings, for a secret that holds a v1 token or a v2 key', async () => {
    const { options } = secrets;
    secrets.ending = { error: 'AccessDeniedException' };
    const made = createMomentoClient({
      access: { kind: 'secret', ...options },
      cacheName: 'rollcall',
      clock: time,
    });
    expect((await failureOf(new MomentoCache(made).get('key', soon()))).message).to.match(/AccessDenied/);
    made.close();
    secrets.ending = { secret: V2_KEY };
    const key = momentoCredentials(await readMomentoSecret({ ...options, endpoint: ENDPOINT }));
    expect([key.getAuthToken(), key.getCacheEndpoint()]).to.deep.equal([V2_KEY, `cache.${ENDPOINT}`]);
    secrets.ending = { secret: V1_TOKEN };
    expect(momentoCredentials(await readMomentoSecret(options)).getAuthToken()).to.equal(V1_INNER_KEY);
  });
});
