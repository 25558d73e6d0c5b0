import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { node24 } from '../../../support/node-24.ts';

const LIMIT_MS = 300_000;

interface Report {
  readonly stats: { readonly passes: number; readonly failures: number };
  readonly passes: readonly { readonly title: string }[];
  readonly failures: readonly { readonly fullTitle: string; readonly err: { readonly message?: string } }[];
}

describe('SQLite in Node 24', function () {
  this.timeout(LIMIT_MS);

  it("passes all SQLite tests with Node's built-in SQLite", async () => {
    const mocha = [
      'node_modules/mocha/bin/mocha.js',
      '--reporter=json',
      'test/adapters/stores/sqlite/**/*.test.ts',
    ];
    const options = { timeout: LIMIT_MS, maxBuffer: 100_000_000 };
    const { stdout } = await promisify(execFile)(node24(), mocha, options).catch((error) => error);
    const { stats, passes, failures } = JSON.parse(stdout.slice(stdout.indexOf('{\n'))) as Report;
    expect(failures.map(({ fullTitle, err }) => `${fullTitle}: ${err.message}`)).to.deep.equal([]);
    expect(stats.passes).to.be.greaterThan(200);
    expect(passes.filter(({ title }) => /^on Node (2[4-9]|[3-9]\d) /.test(title))).to.have.length(1);
  });
});
