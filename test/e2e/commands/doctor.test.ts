import { expect } from 'chai';
import { endProcesses } from '../../support/rollcall-process.ts';
import { type CommandResult, runRollcall } from '../../support/run-rollcall.ts';

const roundTrips = (of: string) =>
  new RegExp(`^ok {7}${of}: 20 round trips, median \\d+\\.\\d\\d ms, slowest \\d+\\.\\d\\d ms$`);

describe('rollcall doctor', function () {
  this.timeout(60_000);
  let onMemory: CommandResult;
  let invalid: CommandResult;

  before(async () => {
    const doctor = (env: Readonly<Record<string, string>>) => runRollcall(['doctor'], { env });
    [onMemory, invalid] = await Promise.all([
      doctor({ STORE: 'memory', CACHE: 'none' }),
      doctor({ STORE: 'dynamodb', CACHE: 'memory', STORE_TIMEOUT_MS: '4001', REDIS_URL: 'me:secret@host' }),
    ]);
  });
  after(endProcesses);

  it('reports no problem, and the round trips', () => {
    const { exit, lines, stderr } = onMemory;
    const [store, cache, ...rest] = lines;
    expect(store).to.match(roundTrips('store'));
    expect(cache).to.match(roundTrips('cache'));
    expect(rest).to.deep.equal([
      'ok       registered cache: none yet; the first instance registers its own',
      '0 problems, 0 warnings',
    ]);
    expect([exit, stderr]).to.deep.equal([0, '']);
  });

  it('rejects an invalid configuration with every problem, without secrets', () => {
    const { exit, stdout, stderr } = invalid;
    expect([exit, stdout]).to.deep.equal([2, '']);
    expect(stderr)
      .to.match(/^rollcall: the configuration is not valid:$/m)
      .and.to.match(/^ {2}CACHE: "memory" is not allowed with STORE=dynamodb/m)
      .and.to.match(/^ {2}STORE_TIMEOUT_MS: "4001" is too long /m)
      .and.to.match(/^ {2}REDIS_URL is not valid \(value hidden\); /m)
      .and.not.to.match(/secret|^\s+at /m);
  });
});
