import { ApiClient } from './api-client.ts';
import type { Fleet } from './fleet.ts';

/** A running fleet. Its clients stay valid when an instance is restarted. */
export interface FleetUnderTest {
  /** The first and the last instance, which are the same if there is only one. */
  readonly instanceA: ApiClient;
  readonly instanceB: ApiClient;
  /** One of the two, in turns. */
  at(i: number): ApiClient;
  /** Kills the first instance and replaces it by a new one. */
  restart(): Promise<void>;
}

/** Registers hooks that run a fleet during the tests of the surrounding suite. */
export function useFleet(start: () => Promise<Fleet>): FleetUnderTest {
  let fleet: Fleet | undefined;
  before(async () => {
    fleet = await start();
  });
  after(() => fleet?.close());
  const running = (): Fleet => {
    if (fleet === undefined) throw new Error('The fleet runs only during the tests of its suite.');
    return fleet;
  };
  const [instanceA, instanceB] = [
    new ApiClient(() => running().urls[0]),
    new ApiClient(() => running().urls[1]),
  ];
  return {
    instanceA,
    instanceB,
    at: (i) => (i % 2 === 0 ? instanceA : instanceB),
    restart: () => running().restart(),
  };
}
