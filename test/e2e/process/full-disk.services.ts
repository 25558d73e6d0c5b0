import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import {
  endProcesses,
  type RollcallProcess,
  startRollcall,
  temporaryFolder,
} from '../../support/rollcall-process.ts';

/** Mounts a disk of 6 MB. */
function mountSmallDisk(path: string): void {
  mkdirSync(path);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', path], { stdio: 'pipe' });
  } catch (cause) {
    throw new Error('cannot mount a small disk: run this test as root on Linux', { cause });
  }
}

/** Fills the disk to the last byte. */
function fill(path: string): void {
  for (const size of [1_000_000, 4096, 1]) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size), { flag: 'a' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}

describe('a full disk under the SQLite file', function () {
  this.timeout(60_000);
  let disk: string;
  let service: RollcallProcess;

  before(async () => {
    disk = `${temporaryFolder()}/disk`;
    mountSmallDisk(disk);
    service = await startRollcall({ env: { SQLITE_PATH: `${disk}/rollcall.db` } });
  });
  after(async () => {
    await service?.kill();
    execFileSync('umount', [disk]);
    await endProcesses();
  });

  it('makes writes fail with a known outcome and the service not ready, until there is space again', async () => {
    const created: string[] = [];
    const create = async (): Promise<unknown> => {
      const name = `user-${created.length}`;
      const { status, body } = await service.createUser(name);
      if (status === 201) created.push(name);
      return status === 201 ? 201 : (body as { code: string }).code;
    };
    expect(await create()).to.equal(201);
    fill(`${disk}/filler`);
    let outcome: unknown = 201;
    // The log has space for a few more.
    for (let attempt = 0; attempt < 2000 && outcome === 201; attempt += 1) outcome = await create();
    for (let attempt = 0; attempt < 5; attempt += 1) expect(await create()).to.equal('store_unavailable');
    const ready = await service.call('GET', '/health/ready');
    expect(ready.status).to.equal(503);
    expect(JSON.stringify(ready.body)).to.match(/disk.*is full/);
    expect((await service.call('GET', `/users/${created.at(-1)}`)).status).to.equal(200);

    rmSync(`${disk}/filler`);
    expect((await service.call('GET', '/health/ready')).status).to.equal(200);
    expect(await create()).to.equal(201);
    for (const name of created) expect((await service.call('GET', `/users/${name}`)).status).to.equal(200);
  });
});
