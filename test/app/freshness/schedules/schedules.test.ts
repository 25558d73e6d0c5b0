import { expect } from 'chai';
import fc from 'fast-check';
import { initialRecords } from './initial-records.ts';
import { schedules } from './schedules.ts';
import { schedulesSuite } from './schedules-suite.ts';
import { Simulation } from './simulation.ts';

describe('the freshness protocol under random schedules and faults', () => {
  schedulesSuite(1000);

  it('produces the same run for the same schedule', async () => {
    const changes = await initialRecords();
    for (const schedule of fc.sample(schedules, { seed: 1, numRuns: 20 })) {
      const simulations = [new Simulation(schedule), new Simulation(schedule)];
      for (const simulation of simulations) await simulation.run(changes);
      const [first, second] = simulations.map(({ events }) => JSON.stringify(events));
      expect(first).to.equal(second);
    }
  });
});
