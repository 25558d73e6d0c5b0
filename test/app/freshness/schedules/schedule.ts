import fc from 'fast-check';

/** What becomes of one operation of a port. */
export const FATES = [
  'failed',
  'lost',
  'late',
  'crash before',
  'crash after',
  'crash, lands late',
  /** Applied and answered; then the cache throws out what was set. */
  'forgotten',
] as const;
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
  /** The cache forgets one of its entries: a value or a lease; where markers may be evicted, a marker first. */
  | { readonly type: 'entry forgotten'; readonly which: number }
  /** Whatever an instance asks of the cache for some steps comes to this. */
  | {
      readonly type: 'cache out of reach';
      readonly instance: number;
      readonly steps: number;
      readonly fate: 'failed' | 'lost' | 'late';
    }
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
  readonly msPerStep: number;
  /** How long the cache keeps a value. */
  readonly valueTtlMs: number;
  readonly isCacheWarm: boolean;
  /** Whether the cache may throw out markers: then less is promised. */
  readonly evictsMarkers: boolean;
  readonly clients: readonly ClientPlan[];
  /** For each step which of the pending ones it is; `undefined` = whoever took the last one goes on. */
  readonly picks: readonly (number | undefined)[];
  readonly faults: readonly Fault[];
  /** What becomes of the sets, each in its turn, that no fault is meant for. */
  readonly weather: readonly (Fate | undefined)[];
  readonly happenings: readonly { readonly at: number; readonly what: Happening }[];
}

/** Most runs are shorter. */
const STEPS = 250;

const steps = fc.integer({ min: 1, max: 40 });
const instance = fc.nat(3);
const forgotten = fc.record({ type: fc.constant('entry forgotten' as const), which: fc.nat(4) });
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ type: fc.constant('time passes' as const), ms: fc.constantFrom(20, 40, 130) }),
  forgotten,
  forgotten,
  fc.record({ type: fc.constant('cache not trusted' as const), instance, steps }),
  fc.record({
    type: fc.constant('cache out of reach' as const),
    instance,
    steps,
    fate: fc.constantFrom('failed' as const, 'lost' as const, 'late' as const),
  }),
);

const asks = (maxLength: number) =>
  fc.array(fc.record({ operation: fc.nat(99), isRepeatable: fc.boolean() }), { minLength: 1, maxLength });

const weatherOf = (...fates: readonly Fate[]) =>
  fc.array(fc.option(fc.constantFrom(...fates), { freq: 2, nil: undefined }), { maxLength: 60, size: 'max' });

/** Calm; a network that loses much; a cache that is short of space. */
const weather = fc.oneof(
  fc.constant([]),
  weatherOf('failed', 'lost', 'late', 'late', 'forgotten', 'forgotten'),
  weatherOf('forgotten'),
);

/** A few that meet at every turn, or many. */
const clients = fc.oneof(
  { weight: 1, arbitrary: fc.array(fc.record({ instance, asks: asks(3) }), { minLength: 2, maxLength: 4 }) },
  { weight: 1, arbitrary: fc.array(fc.record({ instance, asks: asks(5) }), { minLength: 4, maxLength: 7 }) },
);

const pick = fc.nat(20);
const orNone = (every: number) =>
  fc.oneof({ weight: every, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: pick });
const picks = (one: fc.Arbitrary<number | undefined>) => fc.array(one, { maxLength: STEPS, size: 'max' });

export const schedules: fc.Arbitrary<Schedule> = fc.noBias(
  fc.record({
    instances: fc.integer({ min: 2, max: 4 }),
    theme: fc.nat(99),
    msPerStep: fc.constantFrom(1, 0.25, 2),
    valueTtlMs: fc.constantFrom(1_800_000, 40),
    isCacheWarm: fc.boolean(),
    evictsMarkers: fc.nat(2).map((n) => n === 2),
    clients,
    // Calls are broken into at every step, at every other one, or now and then.
    picks: fc.oneof(picks(pick), picks(orNone(1)), picks(orNone(5))),
    faults: fc.array(
      fc.record({
        operation: fc.constantFrom(...OFTEN_AT_FAULT, ...PORT_OPERATIONS),
        nth: fc.nat(5),
        fate: fc.constantFrom<Fate>(...FATES),
      }),
      { maxLength: 5 },
    ),
    weather,
    happenings: fc.array(fc.record({ at: fc.nat(100), what: happening }), { maxLength: 4 }),
  }),
);
