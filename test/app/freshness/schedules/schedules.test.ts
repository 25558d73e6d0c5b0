import { expect } from 'chai';
import fc from 'fast-check';
import { initialRecords } from './initial-records.ts';
import { schedules } from './schedules.ts';
import { schedulesSuite } from './schedules-suite.ts';
import { SimulatedWorld } from './simulated-world.ts';

describe('the freshness protocol under random schedules and faults', () => {
  schedulesSuite(1000);

  it('produces the same run for the same schedule', async () => {
    const changes = await initialRecords();
    for (const schedule of fc.sample(schedules, { seed: 1, numRuns: 20 })) {
      const worlds = [new SimulatedWorld(schedule), new SimulatedWorld(schedule)];
      for (const world of worlds) await world.run(changes);
      const [first, second] = worlds.map(({ events }) => JSON.stringify(events));
      expect(first).to.equal(second);
    }
  });
});
