import fc from 'fast-check';

/** What becomes of one operation of a port. */
export const FATES = ['failed', 'lost', 'late', 'crash before', 'crash after', 'crash, lands late'] as const;
export type Fate = (typeof FATES)[number] | 'answered';

export const PORT_OPERATIONS = [
  'get',
  'getMany',
  'add',
  'replace',
  'put',
  'readMany',
  'readIdempotencyRecord',
  'commit',
] as const;
export type PortOperation = (typeof PORT_OPERATIONS)[number];

/** Where changes are interrupted it hurts most. */
const OFTEN_AT_FAULT: readonly PortOperation[] = [
  'put',
  'commit',
  'replace',
  'add',
  'put',
  'commit',
  'replace',
];

/** The `nth` operation of this kind, of all instances together, comes to this. */
export interface Fault {
  readonly operation: PortOperation;
  readonly nth: number;
  readonly fate: Fate;
}

/** What happens to the world before a step. */
export type Happening =
  | { readonly type: 'time passes'; readonly ms: number }
  /** The cache forgets an entry: a value or a lease; a marker only where markers may be evicted. */
  | { readonly type: 'entry forgotten'; readonly key: number }
  /** The reads of an instance pass the cache for some steps, as they do when its circuit breaker is open. */
  | { readonly type: 'cache not trusted'; readonly instance: number; readonly steps: number };

/** What one client asks for, one after the other; which operation, is an index into those of the theme. */
export interface ClientPlan {
  readonly instance: number;
  readonly asks: readonly { readonly operation: number; readonly isRepeatable: boolean }[];
}

/** Everything that chance decides in one simulated world: the same schedule gives the same run, step by step. */
export interface Schedule {
  readonly instances: number;
  readonly theme: number;
  readonly isCacheWarm: boolean;
  /** Whether the cache may throw out markers: then less is promised. */
  readonly evictsMarkers: boolean;
  readonly clients: readonly ClientPlan[];
  /** Left alone, whoever took the last step takes the next one. Here, at a step, another pending one comes first. */
  readonly switches: readonly { readonly at: number; readonly to: number }[];
  readonly faults: readonly Fault[];
  readonly happenings: readonly { readonly at: number; readonly what: Happening }[];
}

const MAX_SWITCHES = 60;
const FAULTS = 4;
const HAPPENINGS = 4;
/** Most runs are shorter. */
const STEPS = 160;

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ type: fc.constant('time passes' as const), ms: fc.constantFrom(30, 70, 130) }),
  fc.record({ type: fc.constant('entry forgotten' as const), key: fc.nat(5) }),
  fc.record({ type: fc.constant('entry forgotten' as const), key: fc.nat(5) }),
  fc.record({
    type: fc.constant('cache not trusted' as const),
    instance: fc.nat(3),
    steps: fc.integer({ min: 1, max: 40 }),
  }),
);

export const schedules: fc.Arbitrary<Schedule> = fc.noBias(
  fc.record({
    instances: fc.integer({ min: 2, max: 4 }),
    theme: fc.nat(99),
    isCacheWarm: fc.boolean(),
    evictsMarkers: fc.nat(3).map((n) => n === 3),
    clients: fc.array(
      fc.record({
        instance: fc.nat(3),
        asks: fc.array(fc.record({ operation: fc.nat(99), isRepeatable: fc.boolean() }), {
          minLength: 1,
          maxLength: 4,
        }),
      }),
      { minLength: 2, maxLength: 5 },
    ),
    switches: fc.array(fc.record({ at: fc.nat(STEPS), to: fc.nat(20) }), { maxLength: MAX_SWITCHES }),
    faults: fc.array(
      fc.record({
        operation: fc.constantFrom(...OFTEN_AT_FAULT, ...PORT_OPERATIONS),
        nth: fc.nat(9),
        fate: fc.constantFrom<Fate>(...FATES),
      }),
      { maxLength: FAULTS },
    ),
    happenings: fc.array(fc.record({ at: fc.nat(STEPS), what: happening }), { maxLength: HAPPENINGS }),
  }),
);
