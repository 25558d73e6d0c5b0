import { type ChildProcess, fork } from 'node:child_process';
import { expect } from 'chai';
import { RedisServer } from '../../support/redis-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import type { Order, Report } from './reader-process.ts';

const PROCESSES = 4;
const READS_EACH = 250;
const LIMIT_MS = 40_000;

/** One process of the crowd, and what it has told so far. */
class Member {
  readonly reports: Report[] = [];
  readonly #child: ChildProcess;
  #heard = () => {};

  constructor(settings: NodeJS.ProcessEnv) {
    this.#child = fork(new URL('./reader-process.ts', import.meta.url), {
      execArgv: ['--import=tsx'],
      env: { ...process.env, ...settings },
    });
    this.#child.on('message', (report: Report) => {
      this.reports.push(report);
      this.#heard();
    });
  }

  tell(order: Order): void {
    this.#child.send(order);
  }

  /** @throws where that is not told in time */
  until(isTold: (reports: readonly Report[]) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`not told within ${LIMIT_MS} ms`)), LIMIT_MS);
      this.#heard = () => {
        if (!isTold(this.reports)) return;
        clearTimeout(late);
        resolve();
      };
      this.#heard();
    });
  }

  end(): void {
    this.#child.kill();
  }
}

describe('a thousand simultaneous reads of one cold record on four processes', () => {
  let redis: RedisServer;
  let members: Member[] = [];
  const folder = temporaryFolder();

  before(async () => {
    redis = await RedisServer.start();
  });
  after(async () => {
    for (const member of members) member.end();
    await redis.stop();
    folder.remove();
  });

  /** What each process has told so far, for who has to find out why this failed. */
  const told = () => members.map(({ reports }, n) => `process ${n}: ${JSON.stringify(reports)}`).join('\n');
  const untilAll = (isTold: (reports: readonly Report[]) => boolean) =>
    Promise.all(members.map((member) => member.until(isTold))).catch((cause) => {
      throw new Error(`${cause.message}\n${told()}`);
    });

  it('cost the store one read: the others wait for it, in the same process and elsewhere', async () => {
    const settings = {
      STORE: 'sqlite',
      SQLITE_PATH: `${folder.path}/rollcall.db`,
      CACHE: 'redis',
      REDIS_URL: redis.url,
      // Nobody gives up waiting while the winner is held, or because the machine is slow.
      CACHE_TIMEOUT_MS: '30000',
      LEASE_WAIT_MS: '60000',
      LEASE_TTL_MS: '600000',
      STORE_TIMEOUT_MS: '30000',
      MARKER_TTL_MS: '60000',
      LOG_LEVEL: 'silent',
    };
    members = Array.from({ length: PROCESSES }, () => new Member(settings));
    await untilAll((reports) => reports.includes('ready'));
    for (const member of members) member.tell({ read: 'nobody', times: READS_EACH });
    await untilAll(
      (reports) => reports.includes('about to read the store') || reports.includes('found a lease'),
    );
    for (const member of members) member.tell('go on');
    await untilAll((reports) => reports.some((report) => typeof report === 'object'));

    const results = members.flatMap(({ reports }) => reports.filter((report) => typeof report === 'object'));
    expect(
      results.map(({ missing }) => missing),
      told(),
    ).to.deep.equal(members.map(() => READS_EACH));
    const storeReads = results.reduce((sum, result) => sum + result.storeReads, 0);
    expect(storeReads, told()).to.equal(1);
  }).timeout(4 * LIMIT_MS);
});
