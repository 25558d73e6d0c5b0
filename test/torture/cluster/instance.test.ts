import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { endProcesses, RollcallProcess } from '../../support/rollcall-process.ts';
import { Instance } from './instance.ts';

const DEADLINE_MS = 10_000;
const OBSERVATION_MS = 300;

describe('Instance', () => {
  const env = { STORE: 'memory', CACHE: 'none', PORT: '0' };
  let instance: Instance;

  beforeEach(async () => {
    instance = await Instance.start(() => new RollcallProcess({ env, args: ['serve'] }));
  });
  after(endProcesses);

  const request = () =>
    fetch(`${instance.url}/users/nobody`, { signal: AbortSignal.timeout(DEADLINE_MS) }).then(
      () => 'response',
    );

  it('sends no response while it is paused, and continues when it is resumed', async () => {
    instance.pause();
    const response = request();
    expect(await Promise.race([response, pause(OBSERVATION_MS, 'none')])).to.equal('none');
    instance.resume();
    expect(await response).to.equal('response');
  });

  it('can be killed and restarted while it is paused', async () => {
    instance.pause();
    expect(instance.isPaused).to.equal(true);
    await instance.restart();
    expect(instance.isPaused).to.equal(false);
    instance.resume();
    expect(await request()).to.equal('response');
  });
});
