import { endProcesses } from '../../support/rollcall-process.ts';
import { type FleetUnderTest, useFleet } from '../../support/use-fleet.ts';
import { accountScenario } from './account-scenario.ts';
import { concurrencyScenario } from './concurrency-scenario.ts';
import { fleetOn } from './fleet-on.ts';
import { invariantScenario } from './invariant-scenario.ts';
import { recordOutcome } from './matrix.ts';
import { retryScenario } from './retry-scenario.ts';

/** The size of a scenario. */
export interface Scale {
  /** How often two instances take turns. */
  readonly rounds: number;
  /** The number of random operations that must preserve the invariants. */
  readonly operations: number;
}

export interface ScenarioOptions extends Scale {
  /** Whether the store persists when all instances have ended. */
  readonly durable: boolean;
}

/** For `npm test`. */
export const BRIEF: Scale = { rounds: 8, operations: 120 };
const FULL: Scale = { rounds: 20, operations: 300 };

const SCENARIOS: Readonly<Record<string, (fleet: FleetUnderTest, options: ScenarioOptions) => void>> = {
  accounts: accountScenario,
  retries: retryScenario,
  invariants: invariantScenario,
  concurrency: concurrencyScenario,
};

/** Runs every scenario on a store and a cache. */
export function describePair(store: string, cache: string, scale: Scale = FULL): void {
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    describe(`${name} on ${store} × ${cache}`, () => {
      before(() => recordOutcome(store, cache, 'passed'));
      afterEach(function () {
        if (this.currentTest?.state !== 'passed') recordOutcome(store, cache, 'FAILED');
      });
      const fleet = useFleet(() => fleetOn(store, cache));
      scenario(fleet, { ...scale, durable: store !== 'memory' });
      after(endProcesses);
    });
  }
}
