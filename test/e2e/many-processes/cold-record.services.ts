import { type ChildProcess, fork } from 'node:child_process';
import { expect } from 'chai';
import { RedisServer } from '../../support/redis-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import type { Order, Report } from './reader-process.ts';

const PROCESSES = 4;
const READS_EACH = 250;
const LIMIT_MS = 40_000;

/** A child process, and its reports so far. */
class Reader {
  readonly reports: Report[] = [];
  readonly #child: ChildProcess;
  #onReport = () => {};

  constructor(settings: NodeJS.ProcessEnv) {
    this.#child = fork(new URL('./reader-process.ts', import.meta.url), {
      execArgv: ['--import=tsx'],
      env: { ...process.env, ...settings },
    });
    this.#child.on('message', (report: Report) => {
      this.reports.push(report);
      this.#onReport();
    });
  }

  send(order: Order): void {
    this.#child.send(order);
  }

  /** @throws Error if the reports do not match within the limit */
  until(matches: (reports: readonly Report[]) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`the expected report did not arrive within ${LIMIT_MS} ms`)),
        LIMIT_MS,
      );
      this.#onReport = () => {
        if (!matches(this.reports)) return;
        clearTimeout(timer);
        resolve();
      };
      this.#onReport();
    });
  }

  end(): void {
    this.#child.kill();
  }
}

describe('a thousand simultaneous reads of one cold record on four processes', () => {
  let redis: RedisServer;
  let readers: Reader[] = [];
  const folder = temporaryFolder();

  before(async () => {
    redis = await RedisServer.start();
  });
  after(async () => {
    for (const reader of readers) reader.end();
    await redis.stop();
    folder.remove();
  });

  /** The reports of each process, for the failure message. */
  const allReports = () =>
    readers.map(({ reports }, n) => `process ${n}: ${JSON.stringify(reports)}`).join('\n');
  const untilAll = (matches: (reports: readonly Report[]) => boolean) =>
    Promise.all(readers.map((reader) => reader.until(matches))).catch((cause) => {
      throw new Error(`${cause.message}\n${allReports()}`);
    });

  it('cause one read of the store, for which all processes wait', async () => {
    const settings = {
      STORE: 'sqlite',
      SQLITE_PATH: `${folder.path}/rollcall.db`,
      CACHE: 'redis',
      REDIS_URL: redis.url,
      // No reader stops waiting while the store read is held back, or because the machine is slow.
      CACHE_TIMEOUT_MS: '30000',
      LEASE_WAIT_MS: '60000',
      LEASE_TTL_MS: '600000',
      STORE_TIMEOUT_MS: '30000',
      MARKER_TTL_MS: '60000',
      LOG_LEVEL: 'silent',
    };
    readers = Array.from({ length: PROCESSES }, () => new Reader(settings));
    await untilAll((reports) => reports.includes('ready'));
    for (const reader of readers) reader.send({ read: 'nobody', times: READS_EACH });
    await untilAll(
      (reports) => reports.includes('about to read the store') || reports.includes('found a lease'),
    );
    for (const reader of readers) reader.send('go on');
    await untilAll((reports) => reports.some((report) => typeof report === 'object'));

    const results = readers.flatMap(({ reports }) => reports.filter((report) => typeof report === 'object'));
    expect(
      results.map(({ missing }) => missing),
      allReports(),
    ).to.deep.equal(readers.map(() => READS_EACH));
    const storeReads = results.reduce((sum, result) => sum + result.storeReads, 0);
    expect(storeReads, allReports()).to.equal(1);
  }).timeout(4 * LIMIT_MS);
});
