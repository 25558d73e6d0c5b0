import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { chooseDriver } from '../../../src/adapters/stores/sqlite/driver/choose-driver.ts';
import { serve } from '../../../src/app/composition/commands/serve.ts';
import { InvalidConfiguration } from '../../../src/app/composition/config/invalid-configuration.ts';
import { readConfig } from '../../../src/app/composition/config/read-config.ts';

describe('serve on a SQLite file', () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rollcall-serve-'));
    path = join(folder, 'some.db');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Starts and stops at once. */
  async function run(sqlitePath: string) {
    const lines: string[] = [];
    const config = readConfig({ PORT: '0', LOG_LEVEL: 'silent', SQLITE_PATH: sqlitePath });
    const exitCode = await serve(config, Promise.resolve(), (line) => lines.push(line));
    return { exitCode, lines };
  }

  async function refusalOf(sqlitePath: string): Promise<string> {
    try {
      await run(sqlitePath);
    } catch (error) {
      if (!(error instanceof InvalidConfiguration)) throw error;
      expect(error.problems).to.have.length(1);
      expect(error.problems[0]).to.include(`SQLITE_PATH: ${JSON.stringify(sqlitePath)} cannot be used: `);
      return error.message;
    }
    throw new Error('it started');
  }

  it('makes the file and its folders, serves and stops, again and again', async () => {
    const nested = join(folder, 'some', 'where', 'else.db');
    for (let turn = 0; turn < 3; turn += 1) {
      const { exitCode, lines } = await run(nested);
      expect(exitCode).to.equal(0);
      expect(lines).to.have.length(6);
      expect(lines[0]).to.include(nested);
      expect(lines[3]).to.match(/^rollcall listening on http:\/\/127\.0\.0\.1:\d+$/);
      expect(lines[5]).to.equal('rollcall stopped');
    }
  });

  it('refuses a folder', async () => {
    mkdirSync(path);
    await refusalOf(path);
  });

  it('refuses a file that is no database, and leaves it as it is', async () => {
    const letter = 'Dear Ann,\n'.repeat(1000);
    writeFileSync(path, letter);
    expect(await refusalOf(path)).to.include('not a database');
    expect(readFileSync(path, 'utf8')).to.equal(letter);
  });

  it('refuses a place where no file can be', async () => {
    writeFileSync(path, '');
    await refusalOf(join(path, 'below.db'));
  });

  it('refuses a file whose schema is newer than it knows', async () => {
    const newer = (await chooseDriver()).open(path);
    newer.exec('CREATE TABLE later (x); PRAGMA user_version = 99');
    newer.close();
    expect(await refusalOf(path)).to.include('99');
    expect(await refusalOf(path), 'the second time').to.include('99');
  });
});
