import { expect } from 'chai';
import { endProcesses, startRollcall } from '../../support/rollcall-process.ts';
import { runRollcall } from '../../support/run-rollcall.ts';
import { sweepScenario } from './sweep-scenario.ts';

for (const cache of ['none', 'momento']) sweepScenario('sqlite', cache);

describe('rollcall sweep, next to a service with exclusive access to its SQLite file', function () {
  this.timeout(60_000);
  after(endProcesses);

  it('reports that the service sweeps automatically, and changes nothing', async () => {
    const service = await startRollcall();
    const { exit, lines, stderr } = await runRollcall(['sweep'], { folder: service.folder });
    const pid = process.platform === 'linux' ? ` (pid ${service.pid})` : '';
    expect(lines).to.deep.equal([
      `problem  nothing was removed: another process${pid} has the store open exclusively`,
      '         → a running service sweeps automatically once a day; to sweep now, stop it and run this command again',
      '1 problem, 0 warnings',
    ]);
    expect([exit, stderr]).to.deep.equal([1, '']);
    expect((await service.createUser('ann')).status).to.equal(201);
  });
});
