import fc from 'fast-check';
import {
  FATES,
  type Fate,
  type Fault,
  type Happening,
  PORT_OPERATIONS,
  type PortOperation,
  type Schedule,
} from './schedule.ts';
import { SETTINGS } from './settings.ts';
import { FOCUSED_THEMES, THEMES } from './workload.ts';

/** Most runs are shorter. */
const STEPS = 500;

/** As many as there is room for, and sometimes none at all. */
const list = <T>(of: fc.Arbitrary<T>, maxLength: number): fc.Arbitrary<T[]> =>
  fc.array(of, { maxLength, size: 'max' });
const none = fc.constant([]);

/** Often the same one. */
const instance = fc.constantFrom(0, 0, 0, 1, 2, 3);
const steps = fc.integer({ min: 1, max: 40 });

const wish = fc.record({ instance, operation: fc.nat(99), isRepeatable: fc.boolean() });
/** Mostly only as long as it takes. */
const restMs = fc.constantFrom(0, 0, SETTINGS.leaseTtlMs, SETTINGS.markerTtlMs);
const rounds = fc.array(
  fc.record({
    wishes: fc.array(wish, { minLength: 2, maxLength: 7, size: 'max' }),
    stragglers: fc.nat(2),
    restMs,
  }),
  { minLength: 1, maxLength: 14, size: 'max' },
);

/** Of so many and one, one is this, the others are nothing in particular. */
const seldom = <T>(others: number, one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: others, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: one });

/** Calls are broken into at nearly every step, at every other one, or now and then. */
const pick = fc.nat(20);
const nearlyAlways = fc.oneof(
  { weight: 1, arbitrary: fc.constant(undefined) },
  { weight: 9, arbitrary: pick },
);
const picks = fc.oneof(
  ...[nearlyAlways, seldom(1, pick), seldom(5, pick)].map((one) =>
    fc.array(one, { minLength: STEPS / 2, maxLength: STEPS, size: 'max' }),
  ),
);

/** Every third is on its way for a while. */
const delays = fc.oneof(
  { weight: 1, arbitrary: none },
  { weight: 2, arbitrary: list(seldom(3, fc.nat(30)), STEPS) },
);

const fault = (operations: readonly PortOperation[], fates: readonly Fate[] = FATES): fc.Arbitrary<Fault> =>
  fc.record({
    operation: fc.constantFrom(...operations),
    nth: fc.nat(19),
    fate: fc.constantFrom(...fates),
  });
const faultOfSet = fault(['put', 'commit', 'replace', 'add']);
const faultOfAny = fc.oneof(faultOfSet, fault(PORT_OPERATIONS));
const unknownOutcome = fault(['commit'], ['late', 'lost', 'crash after', 'cut off after', 'cut off after']);

/** What becomes of each set in its turn: every fourth has one of these fates. */
const weather = (...fates: readonly Fate[]) => list(seldom(3, fc.constantFrom(...fates)), 300);
const storm = weather('failed', 'lost', 'late', 'late', 'forgotten', 'forgotten');
const shortOfSpace = weather('forgotten');

const forgotten = fc.record({ type: fc.constant('entry forgotten' as const), which: fc.nat(4) });
const what: fc.Arbitrary<Happening> = fc.oneof(
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
const happenings = list(fc.record({ at: fc.nat(400), what }), 12);

const circumstances = {
  instances: fc.integer({ min: 2, max: 4 }),
  msPerStep: fc.constantFrom(0.5, 0.25, 1),
  valueTtlMs: fc.constantFrom(1_800_000, 40),
  isCacheWarm: fc.boolean(),
  theme: fc.oneof(fc.nat(FOCUSED_THEMES - 1), fc.nat(THEMES.length - 1)),
  rounds,
  picks,
  requestDelays: delays,
  answerDelays: delays,
  landingDelays: fc.oneof(none, list(fc.nat(100), 80)),
};
const keepsMarkers = fc.constant(false);

/** Nothing goes wrong: whatever happens comes of the order. */
const calm = fc.record({
  ...circumstances,
  evictsMarkers: keepsMarkers,
  faults: none,
  weather: none,
  happenings: none,
});

/** A few things go wrong. */
const faulty = fc.record({
  ...circumstances,
  evictsMarkers: keepsMarkers,
  faults: list(faultOfAny, 16),
  weather: fc.oneof(none, shortOfSpace),
  happenings,
});

/** Much goes wrong. */
const stormy = fc.record({
  ...circumstances,
  evictsMarkers: keepsMarkers,
  faults: list(faultOfAny, 8),
  weather: storm,
  happenings,
});

/** The cache throws out markers too. */
const evicting = fc.record({
  ...circumstances,
  evictsMarkers: fc.constant(true),
  faults: list(fc.oneof(fault(['put'], ['forgotten']), unknownOutcome, unknownOutcome, faultOfSet), 30),
  weather: fc.oneof(none, none, shortOfSpace),
  happenings,
});

/** Worlds of every kind. Each is drawn whole from a seed, and made smaller piece by piece where it breaks a promise. */
export const schedules: fc.Arbitrary<Schedule> = fc.noBias(
  fc.oneof(
    { weight: 1, arbitrary: calm },
    { weight: 2, arbitrary: faulty },
    { weight: 2, arbitrary: stormy },
    { weight: 2, arbitrary: evicting },
  ),
);
