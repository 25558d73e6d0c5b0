import fc from 'fast-check';
import {
  type Disruption,
  FAULT_OUTCOMES,
  type Fault,
  type InjectedOutcome,
  PORT_OPERATIONS,
  type PortOperation,
} from './schedule.ts';

/** Most rounds take fewer steps. */
const MAX_STEPS = 80;
/** Most rounds have fewer operations of each kind. */
const MAX_OPERATIONS = 30;

const listUpTo = <T>(maxLength: number, items: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.array(items, { maxLength, size: 'max' });
const listOf = <T>(length: number, items: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.array(items, { minLength: length, maxLength: length, size: 'max' });
const emptyList = fc.constant([]);

/** `undefined` in `weight` of `weight + 1` cases. */
const mostlyUndefined = <T>(weight: number, value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

/** Favors one instance, so that conflicts between calls of one instance are frequent. */
export const instance = fc.constantFrom(0, 0, 0, 1, 2, 3);
const stepCount = fc.integer({ min: 1, max: 40 });

/** The scheduler preempts calls at nearly every step, at every other step, or now and then. */
const stepChoice = fc.nat(20);
const nearlyEveryStep = fc.oneof(
  { weight: 1, arbitrary: fc.constant(undefined) },
  { weight: 9, arbitrary: stepChoice },
);
const stepChoices = fc.oneof(
  ...[nearlyEveryStep, mostlyUndefined(1, stepChoice), mostlyUndefined(5, stepChoice)].map((choice) =>
    listOf(MAX_STEPS, choice),
  ),
);

/** About every fourth message is delayed. */
const delays = listUpTo(MAX_STEPS, mostlyUndefined(3, fc.nat(30)));
const slowRequests = (operation: fc.Arbitrary<PortOperation>) =>
  fc.record({ operations: fc.tuple(operation), steps: listOf(MAX_OPERATIONS, fc.nat(40)) });
/** No request is delayed, or some requests of all kinds are, or all requests of one kind. */
const requestDelays = fc.oneof(
  fc.constant({ operations: [], steps: [] }),
  fc.record({ operations: fc.constant(PORT_OPERATIONS), steps: delays }),
  slowRequests(fc.constantFrom(...PORT_OPERATIONS)),
);

const fault = (
  operations: readonly PortOperation[],
  outcomes: readonly InjectedOutcome[] = FAULT_OUTCOMES,
): fc.Arbitrary<Fault> =>
  fc.record({
    operation: fc.constantFrom(...operations),
    nth: fc.nat(7),
    outcome: fc.constantFrom(...outcomes),
  });
const writeFault = fault(['put', 'commit', 'replace', 'add']);
const anyFault = fc.oneof(writeFault, fault(PORT_OPERATIONS));
const unknownCommitOutcome = fault(
  ['commit'],
  ['applied late', 'response lost', 'crash after', 'partitioned after', 'partitioned after'],
);

/** Outcomes of successive operations of one kind: one in `weight + 1` is drawn from `outcomes`. */
const faultsAmong = (weight: number, ...outcomes: readonly InjectedOutcome[]) =>
  listUpTo(MAX_OPERATIONS, mostlyUndefined(weight, fc.constantFrom(...outcomes)));
const frequentFaults = faultsAmong(
  3,
  'failed',
  'response lost',
  'applied late',
  'applied late',
  'evicted after',
  'evicted after',
);
const noFaults = fc.constant({});
const evictionFaults = fc.record({
  replace: faultsAmong(3, 'evicted after'),
  add: faultsAmong(3, 'evicted after'),
});

const entryEvicted = fc.record({ type: fc.constant('entry evicted' as const), which: fc.nat(4) });
const disruption: fc.Arbitrary<Disruption> = fc.oneof(
  fc.record({ type: fc.constant('time passes' as const), ms: fc.constantFrom(20, 40, 130) }),
  entryEvicted,
  entryEvicted,
  fc.record({ type: fc.constant('circuit breaker open' as const), instance, steps: stepCount }),
  fc.record({
    type: fc.constant('cache partition' as const),
    instance,
    steps: stepCount,
    outcome: fc.constantFrom('failed' as const, 'response lost' as const, 'applied late' as const),
  }),
);
const disruptions = listUpTo(3, fc.record({ at: fc.nat(MAX_STEPS), disruption }));

const withoutFaults = {
  stepChoices,
  requestDelays,
  responseDelays: fc.oneof({ weight: 1, arbitrary: emptyList }, { weight: 2, arbitrary: delays }),
  lateApplyDelays: fc.oneof(emptyList, listUpTo(MAX_OPERATIONS, fc.nat(100))),
  faults: emptyList,
  faultsByOperation: noFaults,
  disruptions: emptyList,
};

/** No faults: only the order of the steps varies. */
export const faultFreeRound = fc.record(withoutFaults);

export const lowFaultRound = fc.record({
  ...withoutFaults,
  faults: listUpTo(4, anyFault),
  faultsByOperation: fc.oneof(noFaults, evictionFaults),
  disruptions,
});

export const highFaultRound = fc.record({
  ...withoutFaults,
  faults: listUpTo(2, anyFault),
  faultsByOperation: fc.record({
    put: frequentFaults,
    replace: frequentFaults,
    add: frequentFaults,
    commit: frequentFaults,
  }),
  disruptions,
});

/** Markers are evicted, and commits often have an unknown outcome. */
export const markerEvictionRound = fc.record({
  ...withoutFaults,
  faults: listUpTo(
    8,
    fc.oneof(fault(['put'], ['evicted after']), unknownCommitOutcome, unknownCommitOutcome, writeFault),
  ),
  faultsByOperation: fc.oneof(noFaults, noFaults, evictionFaults),
  disruptions,
});

/** Many writes are applied late, and either commits or the publications after them are slow. */
export const lateWritesRound = fc.record({
  ...withoutFaults,
  requestDelays: slowRequests(fc.constantFrom('commit', 'replace')),
  faultsByOperation: fc.record({
    put: faultsAmong(3, 'applied late'),
    add: faultsAmong(1, 'applied late'),
    commit: faultsAmong(3, 'applied late'),
    replace: faultsAmong(2, 'evicted after'),
  }),
});

/** Every marker is evicted and idempotency lookups are slow, so that the first attempt commits during its retry. */
export const slowRetriesRound = fc.record({
  ...withoutFaults,
  requestDelays: slowRequests(fc.constant('readIdempotencyRecord')),
  responseDelays: emptyList,
  lateApplyDelays: listUpTo(MAX_OPERATIONS, fc.nat(40)),
  faultsByOperation: fc.record({
    put: listOf(MAX_OPERATIONS, fc.constant('evicted after' as const)),
    commit: listOf(
      MAX_OPERATIONS,
      mostlyUndefined(
        1,
        fc.constantFrom('applied late', 'applied late', 'partitioned after', 'partitioned after'),
      ),
    ),
  }),
});
