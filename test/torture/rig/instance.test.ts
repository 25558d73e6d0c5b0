import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { endProcesses, RollcallProcess } from '../../support/rollcall-process.ts';
import { Instance } from './instance.ts';

const DEADLINE_MS = 10_000;
const LOOK_MS = 300;

describe('Instance', () => {
  const env = { STORE: 'memory', CACHE: 'none', PORT: '0' };
  let instance: Instance;

  beforeEach(async () => {
    instance = await Instance.start(() => new RollcallProcess({ env, args: ['serve'] }));
  });
  after(endProcesses);

  const ask = () =>
    fetch(`${instance.url}/users/nobody`, { signal: AbortSignal.timeout(DEADLINE_MS) }).then(() => 'answer');

  it('answers nothing while it is stopped, and goes on afterwards', async () => {
    instance.pause();
    const asked = ask();
    expect(await Promise.race([asked, pause(LOOK_MS, 'none')])).to.equal('none');
    instance.resume();
    expect(await asked).to.equal('answer');
  });

  it('can be killed and started again while it is stopped', async () => {
    instance.pause();
    expect(instance.isPaused).to.equal(true);
    await instance.restart();
    expect(instance.isPaused).to.equal(false);
    instance.resume();
    expect(await ask()).to.equal('answer');
  });
});
