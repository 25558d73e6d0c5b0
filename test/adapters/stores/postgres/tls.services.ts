import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { requireSchema } from '../../../../src/adapters/stores/postgres/schema/schema.ts';
import { SystemClock } from '../../../../src/adapters/system/system-clock.ts';
import { StoreUnavailable } from '../../../../src/ports/errors.ts';
import { handOver } from '../../../support/postgres-binaries.ts';
import { openDatabase, PostgresServer, SERVICE } from '../../../support/postgres-server.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { WireProxy } from './wire-proxy.ts';

describe('PostgreSQL over TLS', () => {
  const clock = new SystemClock();
  const folder = temporaryFolder();
  let server: PostgresServer;

  after(() => folder.remove());
  afterEach(() => server?.stop());

  /** Starts a server with a self-signed certificate. @returns the URL of a store in it, and the certificate */
  async function start(names: string): Promise<{ url: string; certificate: string }> {
    const [key, certificate] = [join(folder.path, `${names}.key`), join(folder.path, `${names}.crt`)];
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=rollcall'],
        ...['-addext', `subjectAltName=${names}`, '-keyout', key, '-out', certificate],
      ],
      { stdio: 'ignore' },
    );
    for (const path of [folder.path, key, certificate]) handOver(path);
    server = await PostgresServer.start({
      fsync: 'off',
      ssl: 'on',
      ssl_cert_file: certificate,
      ssl_key_file: key,
    });
    const { name } = await server.createStoreDatabase();
    return { url: server.url(name, { role: SERVICE }), certificate };
  }

  /** Opens a store at this URL. @returns the error, if any, and the duration */
  async function attempt(url: string): Promise<{ error: unknown; ms: number; isEncrypted?: unknown }> {
    const database = openDatabase(url);
    const began = clock.monotonic();
    try {
      await requireSchema(database, began + 3000);
      const query = { text: 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()' };
      const [row] = await database.reads.query(query, began + 3000);
      return { error: undefined, ms: clock.monotonic() - began, isEncrypted: row?.['ssl'] };
    } catch (error) {
      return { error, ms: clock.monotonic() - began };
    } finally {
      await database.close();
    }
  }

  it('sslmode=verify-full accepts the certificate named in the URL, and rejects an unknown self-signed one', async () => {
    const { url, certificate } = await start('IP:127.0.0.1');
    const accepted = await attempt(`${url}?sslmode=verify-full&sslrootcert=${certificate}`);
    expect(accepted.error).to.equal(undefined);
    expect(accepted.isEncrypted).to.equal(true);
    expect((await attempt(`${url}?sslmode=disable`)).isEncrypted).to.equal(false);

    const { error, ms } = await attempt(`${url}?sslmode=verify-full`);
    expect(error).to.be.instanceOf(StoreUnavailable);
    expect((error as Error).message)
      .to.contain('certificate is not accepted')
      .and.contain('self-signed');
    expect(ms, 'a rejected certificate is not retried').to.be.below(2000);
  });

  it('an unresponsive encrypted connection is closed', async () => {
    const { url, certificate } = await start('IP:127.0.0.1');
    const proxy = await WireProxy.to(server.port);
    const address = new URL(`${url}?sslmode=verify-full&sslrootcert=${certificate}`);
    address.port = String(proxy.port);
    const database = openDatabase(address.href);
    await requireSchema(database, clock.monotonic() + 3000);
    proxy.freeze();
    const began = clock.monotonic();
    const refusal = await requireSchema(database, began + 300).catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(StoreUnavailable);
    expect(clock.monotonic() - began).to.be.below(600);
    await requireSchema(database, clock.monotonic() + 3000);
    await database.close();
    await proxy.close();
  });

  it('sslmode=verify-full rejects the certificate of another server', async () => {
    const { url, certificate } = await start('DNS:db.example.org');
    const { error } = await attempt(`${url}?sslmode=verify-full&sslrootcert=${certificate}`);
    expect(error).to.be.instanceOf(StoreUnavailable);
    expect((error as Error).message)
      .to.contain('certificate is not accepted')
      .and.contain('127.0.0.1');
  });

  it('sslmode=verify-full does not fall back to plain text', async () => {
    server = await PostgresServer.start({ fsync: 'off' });
    const { url } = await server.createStoreDatabase();
    const { error } = await attempt(`${url}?sslmode=verify-full`);
    expect(error).to.be.instanceOf(StoreUnavailable);
    expect((error as Error).message).to.contain('does not support SSL');
  });

  it('sslmode=verify-ca accepts the certificate of another host, and no unknown CA', async () => {
    const { url, certificate } = await start('DNS:db.example.org');
    const accepted = await attempt(`${url}?sslmode=verify-ca&sslrootcert=${certificate}`);
    expect([accepted.error, accepted.isEncrypted]).to.deep.equal([undefined, true]);
    const required = await attempt(`${url}?sslmode=require&sslrootcert=${certificate}`);
    expect([required.error, required.isEncrypted]).to.deep.equal([undefined, true]);
    expect(((await attempt(`${url}?sslmode=verify-ca`)).error as Error).message).to.contain(
      'certificate is not accepted',
    );
  });

  it('sslmode=require and prefer encrypt and do not verify; prefer falls back where there is no TLS', async () => {
    const { url } = await start('DNS:db.example.org');
    for (const mode of ['?sslmode=require', '?sslmode=prefer', '']) {
      const { error, isEncrypted } = await attempt(url + mode);
      expect([error, isEncrypted], mode).to.deep.equal([undefined, true]);
    }
    await server.sql(`ALTER SYSTEM SET ssl = 'off'`);
    server.set({ ssl: 'off' });
    await server.shutDown();
    await server.start();
    const { error, isEncrypted } = await attempt(url);
    expect([error, isEncrypted]).to.deep.equal([undefined, false]);
    expect(((await attempt(`${url}?sslmode=require`)).error as Error).message).to.contain(
      'does not support SSL',
    );
  });

  it('prefer encrypts again where the server offers TLS again', async () => {
    const { url } = await start('DNS:db.example.org');
    server.set({ ssl: 'off' });
    await server.shutDown();
    await server.start();
    const database = openDatabase(url);
    try {
      await requireSchema(database, clock.monotonic() + 5000);
      expect(database.lastOpened?.isEncrypted).to.equal(false);
      server.set({ ssl: 'on' });
      await server.shutDown();
      await server.start();
      await requireSchema(database, clock.monotonic() + 5000);
      // The first connection after the restart may still be a plain one.
      await server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'service'");
      await server.shutDown();
      await requireSchema(database, clock.monotonic() + 300).catch(() => {});
      await server.start();
      await requireSchema(database, clock.monotonic() + 5000);
      expect(database.lastOpened?.isEncrypted).to.equal(true);
    } finally {
      await database.close();
    }
  });

  it('names the parameter whose file cannot be read, when it is opened', () => {
    const url = 'postgres://ann:hunter2@db/a?sslmode=verify-full&sslrootcert=/nowhere.crt';
    expect(() => openDatabase(url)).to.throw(/^sslrootcert names a file that cannot be read: ENOENT/);
  });
});
