import { mkdirSync } from 'node:fs';
import { expect } from 'chai';
import { chooseDriver } from '../../../src/adapters/stores/sqlite/driver/choose-driver.ts';
import {
  endProcesses,
  type RollcallProcess,
  startRollcall,
  temporaryFolder,
} from '../../support/rollcall-process.ts';
import { runRollcall } from '../../support/run-rollcall.ts';
import { openSqliteFile } from '../../support/sqlite.ts';
import { waitUntil } from '../../support/wait-until.ts';

const BYTES_PER_EVENT = 20_000;
/** As long as a write may wait for the store at most. */
const STORE_TIMEOUT_MS = 2000;

/** Creates a database of about this size. */
async function fill(file: string, megabytes: number): Promise<void> {
  (await openSqliteFile(file)).close();
  const db = (await chooseDriver()).open(file);
  db.exec(`
    WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number
                                 WHERE n < ${Math.ceil((megabytes * 1_000_000) / BYTES_PER_EVENT)})
    INSERT INTO events SELECT 'filler', n, json_quote(hex(randomblob(${BYTES_PER_EVENT / 2}))) FROM number;
    PRAGMA wal_checkpoint(TRUNCATE)`);
  db.close();
}

/** Creates one user after the other, at a rate, until it is stopped. */
class Writers {
  readonly acknowledged: string[] = [];
  longestMs = 0;
  readonly #service: RollcallProcess;
  readonly #pending = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  #sent = 0;

  constructor(service: RollcallProcess, perSecond: number) {
    this.#service = service;
    this.#timer = setInterval(() => {
      const write = this.#write().finally(() => this.#pending.delete(write));
      this.#pending.add(write);
    }, 1000 / perSecond);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#pending);
  }

  async #write(): Promise<void> {
    this.#sent += 1;
    const name = `user-${this.#sent}`;
    const began = performance.now();
    const { status } = await this.#service.createUser(name);
    this.longestMs = Math.max(this.longestMs, performance.now() - began);
    expect(status, name).to.equal(201);
    this.acknowledged.push(name);
  }
}

/** `rollcall backup` beside a service with the default settings, while clients write. */
export function backupStory({ megabytes, perSecond }: { megabytes: number; perSecond: number }): void {
  describe(`rollcall backup of ${megabytes} MB, beside a service that takes ${perSecond} writes a second`, function () {
    this.timeout(240_000);
    after(endProcesses);

    it('copies everything that was acknowledged before it began, and holds up no writer', async () => {
      const folder = temporaryFolder();
      mkdirSync(`${folder}/data`);
      await fill(`${folder}/data/rollcall.db`, megabytes);
      const service = await startRollcall({ folder });
      const writers = new Writers(service, perSecond);
      await waitUntil('20 writes', async () => writers.acknowledged.length >= 20);
      const before = [...writers.acknowledged];
      const { exit, stdout, stderr } = await runRollcall(['backup', 'copy.db'], { folder });
      const during = writers.acknowledged.length - before.length;
      await writers.stop();
      expect(stdout).to.match(
        /^ok {7}backup: \S+rollcall\.db was copied to \S+copy\.db \(\d+\.\d MB\) and verified$/m,
      );
      expect(exit, stderr).to.equal(0);
      expect(during, 'writes meanwhile').to.be.greaterThan(0);
      expect(writers.longestMs).to.be.lessThan(STORE_TIMEOUT_MS);

      const copy = await startRollcall({
        folder: temporaryFolder(),
        env: { SQLITE_PATH: `${folder}/copy.db` },
      });
      for (const name of before)
        expect((await copy.call('GET', `/users/${name}`)).status, name).to.equal(200);
    });
  });
}
