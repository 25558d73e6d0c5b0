import { schedulesSuite } from './schedules-suite.ts';

describe('the freshness protocol under random schedules and faults', () => {
  schedulesSuite(20_000);
});
