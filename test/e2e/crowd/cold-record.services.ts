import { type ChildProcess, fork } from 'node:child_process';
import { expect } from 'chai';
import { RedisServer } from '../../support/redis-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import type { Order, Report } from './crowd-worker.ts';

const PROCESSES = 4;
const READS_EACH = 250;

/** One process of the crowd, and what it has told so far. */
class Member {
  readonly reports: Report[] = [];
  readonly #child: ChildProcess;
  #heard = () => {};

  constructor(settings: NodeJS.ProcessEnv) {
    this.#child = fork(new URL('./crowd-worker.ts', import.meta.url), {
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

  async until(isTold: (reports: readonly Report[]) => boolean): Promise<void> {
    while (!isTold(this.reports)) {
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
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

  it('cost the store one read: the others wait for it, in the same process and elsewhere', async () => {
    const settings = {
      STORE: 'sqlite',
      SQLITE_PATH: `${folder.path}/rollcall.db`,
      CACHE: 'redis',
      REDIS_URL: redis.url,
      // Nobody gives up waiting while the winner is held.
      LEASE_WAIT_MS: '30000',
      LEASE_TTL_MS: '60000',
      STORE_TIMEOUT_MS: '30000',
      MARKER_TTL_MS: '60000',
      LOG_LEVEL: 'silent',
    };
    members = Array.from({ length: PROCESSES }, () => new Member(settings));
    await Promise.all(members.map((member) => member.until((told) => told.includes('ready'))));
    for (const member of members) member.tell({ read: 'nobody', times: READS_EACH });

    const isSettled = (told: readonly Report[]) =>
      told.includes('about to read the store') || told.includes('lost the lease');
    await Promise.all(members.map((member) => member.until(isSettled)));
    for (const member of members) member.tell('go on');
    await Promise.all(members.map((member) => member.until((told) => typeof told.at(-1) === 'object')));

    const results = members.map(({ reports }) => reports.at(-1));
    const answered = { missing: READS_EACH };
    for (const result of results) expect(result).to.include(answered);
    const storeReads = results.map((result) => (typeof result === 'object' ? result.storeReads : 0));
    expect(storeReads.reduce((sum, reads) => sum + reads)).to.equal(1);
  });
});
