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

  /** Starts the service and stops it at once. */
  async function run(sqlitePath: string) {
    const lines: string[] = [];
    const config = readConfig({ PORT: '0', LOG_LEVEL: 'silent', SQLITE_PATH: sqlitePath });
    const exitCode = await serve(config, Promise.resolve(), (line) => lines.push(line));
    return { exitCode, lines };
  }

  async function configurationError(sqlitePath: string): Promise<string> {
    try {
      await run(sqlitePath);
    } catch (error) {
      if (!(error instanceof InvalidConfiguration)) throw error;
      expect(error.problems).to.have.length(1);
      expect(error.problems[0]).to.include(`SQLITE_PATH: ${JSON.stringify(sqlitePath)} cannot be used: `);
      return error.message;
    }
    throw new Error('the service started');
  }

  it('creates the file and its folders, serves and stops, repeatedly', async () => {
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

  it('rejects a folder', async () => {
    mkdirSync(path);
    await configurationError(path);
  });

  it('rejects a file that is not a database, and leaves it unchanged', async () => {
    const letter = 'Dear Ann,\n'.repeat(1000);
    writeFileSync(path, letter);
    expect(await configurationError(path)).to.include('not a database');
    expect(readFileSync(path, 'utf8')).to.equal(letter);
  });

  it('rejects a path below a file', async () => {
    writeFileSync(path, '');
    await configurationError(join(path, 'below.db'));
  });

  it('rejects a file with a newer schema', async () => {
    const newer = (await chooseDriver()).open(path);
    newer.exec('CREATE TABLE later (x); PRAGMA user_version = 99');
    newer.close();
    expect(await configurationError(path)).to.include('99');
    expect(await configurationError(path), 'the second time').to.include('99');
  });
});
