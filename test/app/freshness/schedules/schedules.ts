import fc from 'fast-check';
import {
  type Course,
  type Disruption,
  FATES,
  type Fate,
  type Fault,
  PORT_OPERATIONS,
  type PortOperation,
  type Round,
  type Schedule,
} from './schedule.ts';
import { SETTINGS } from './settings.ts';
import { FOCUSED_THEMES, MOSTLY_LOOKS, THEMES } from './workload.ts';

/** Most rounds are shorter. */
const STEPS = 80;
/** Of one kind, in most rounds. */
const OPERATIONS = 30;

/** As many as there is room for, and sometimes none at all. */
const list = <T>(of: fc.Arbitrary<T>, maxLength: number): fc.Arbitrary<T[]> =>
  fc.array(of, { maxLength, size: 'max' });
/** Just as many as there is room for. */
const always = <T>(of: fc.Arbitrary<T>, length: number): fc.Arbitrary<T[]> =>
  fc.array(of, { minLength: length, maxLength: length, size: 'max' });
const none = fc.constant([]);

/** Of so many and one, one is this, the others are nothing in particular. */
const seldom = <T>(others: number, one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: others, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: one });

/** Often the same one. */
const instance = fc.constantFrom(0, 0, 0, 1, 2, 3);
const steps = fc.integer({ min: 1, max: 40 });

/** Calls are broken into at nearly every step, at every other one, or now and then. */
const pick = fc.nat(20);
const nearlyAlways = fc.oneof(
  { weight: 1, arbitrary: fc.constant(undefined) },
  { weight: 9, arbitrary: pick },
);
const picks = fc.oneof(...[nearlyAlways, seldom(1, pick), seldom(5, pick)].map((one) => always(one, STEPS)));

/** Every third is on its way for a while. */
const delays = list(seldom(3, fc.nat(30)), STEPS);
/** One kind of operation is slower than all others, or some of all kinds are, or none. */
const slow = (operation: fc.Arbitrary<PortOperation>) =>
  fc.record({ of: fc.tuple(operation), steps: always(fc.nat(40), OPERATIONS) });
const requestDelays = fc.oneof(
  fc.constant({ of: [], steps: [] }),
  fc.record({ of: fc.constant(PORT_OPERATIONS), steps: delays }),
  slow(fc.constantFrom(...PORT_OPERATIONS)),
);

const fault = (operations: readonly PortOperation[], fates: readonly Fate[] = FATES): fc.Arbitrary<Fault> =>
  fc.record({
    operation: fc.constantFrom(...operations),
    nth: fc.nat(7),
    fate: fc.constantFrom(...fates),
  });
const faultOfSet = fault(['put', 'commit', 'replace', 'add']);
const faultOfAny = fc.oneof(faultOfSet, fault(PORT_OPERATIONS));
const unknownOutcome = fault(['commit'], ['late', 'lost', 'crash after', 'cut off after', 'cut off after']);

/** What becomes of the sets of one kind, each in its turn: of so many and one, one has one of these fates. */
const fates = (others: number, ...of: readonly Fate[]) =>
  list(seldom(others, fc.constantFrom(...of)), OPERATIONS);
const rough = fates(3, 'failed', 'lost', 'late', 'late', 'forgotten', 'forgotten');
const storm = fc.record({ put: rough, replace: rough, add: rough, commit: rough });
const fine = fc.constant({});
const shortOfSpace = fc.record({ replace: fates(3, 'forgotten'), add: fates(3, 'forgotten') });

const forgotten = fc.record({ type: fc.constant('entry forgotten' as const), which: fc.nat(4) });
const what: fc.Arbitrary<Disruption> = fc.oneof(
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
const disruptions = list(fc.record({ at: fc.nat(STEPS), what }), 3);

/** Nothing goes wrong: whatever happens comes of the order. */
const calm = {
  picks,
  requestDelays,
  answerDelays: fc.oneof({ weight: 1, arbitrary: none }, { weight: 2, arbitrary: delays }),
  landingDelays: fc.oneof(none, list(fc.nat(100), OPERATIONS)),
  faults: none,
  commonFaults: fine,
  disruptions: none,
};

/** A few things go wrong. */
const faulty = {
  ...calm,
  faults: list(faultOfAny, 4),
  commonFaults: fc.oneof(fine, shortOfSpace),
  disruptions,
};

/** Much goes wrong. */
const stormy = { ...calm, faults: list(faultOfAny, 2), commonFaults: storm, disruptions };

/** Markers are thrown out. */
const evicting = {
  ...calm,
  faults: list(fc.oneof(fault(['put'], ['forgotten']), unknownOutcome, unknownOutcome, faultOfSet), 8),
  commonFaults: fc.oneof(fine, fine, shortOfSpace),
  disruptions,
};

/** Of what is sent much is late, and the commits are slow, or what follows them. */
const sluggish = {
  ...calm,
  requestDelays: slow(fc.constantFrom('commit', 'replace')),
  commonFaults: fc.record({
    put: fates(3, 'late'),
    add: fates(1, 'late'),
    commit: fates(3, 'late'),
    replace: fates(2, 'forgotten'),
  }),
};

/** No marker is kept, and what a request came to is looked up slowly: the first one commits during the next one. */
const withRetries = {
  ...calm,
  requestDelays: slow(fc.constant('readIdempotencyRecord')),
  answerDelays: none,
  landingDelays: list(fc.nat(40), OPERATIONS),
  commonFaults: fc.record({
    put: always(fc.constant('forgotten' as const), OPERATIONS),
    commit: always(seldom(1, fc.constantFrom('late', 'late', 'cut off after', 'cut off after')), OPERATIONS),
  }),
};

/** So many rounds, of so many clients. */
const rounds = (
  course: fc.Arbitrary<Course>,
  { most, clients, stragglers }: { most: number; clients: number; stragglers: number },
  isIdempotent: fc.Arbitrary<boolean> = fc.boolean(),
): fc.Arbitrary<Round[]> => {
  const wish = fc.record({ instance, operation: fc.nat(99), isIdempotent });
  const round = fc.record({
    wishes: fc.array(wish, { minLength: 2, maxLength: clients, size: 'max' }),
    course,
    stragglers: fc.nat(stragglers),
    /** Mostly only as long as it takes. */
    restMs: fc.constantFrom(0, 0, SETTINGS.leaseTtlMs, SETTINGS.markerTtlMs),
  });
  return fc.array(round, { minLength: 1, maxLength: most, size: 'max' });
};
const many = { most: 14, clients: 7, stragglers: 2 };

const world = {
  instances: fc.integer({ min: 2, max: 4 }),
  msPerStep: fc.constantFrom(0.5, 0.25, 1),
  valueTtlMs: fc.constantFrom(1_800_000, 40),
  isCacheWarm: fc.boolean(),
  evictsMarkers: fc.constant(false),
  theme: fc.oneof(fc.nat(FOCUSED_THEMES - 1), fc.nat(THEMES.length - 1)),
};
const mostlyLooks = fc.constant(MOSTLY_LOOKS);

/** Worlds of every kind. Each is drawn whole from a seed, and made smaller piece by piece where it breaks a promise. */
export const schedules: fc.Arbitrary<Schedule> = fc.noBias(
  fc.oneof(
    { weight: 2, arbitrary: fc.record({ ...world, rounds: rounds(fc.record(calm), many) }) },
    { weight: 2, arbitrary: fc.record({ ...world, rounds: rounds(fc.record(faulty), many) }) },
    { weight: 2, arbitrary: fc.record({ ...world, rounds: rounds(fc.record(stormy), many) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        ...world,
        evictsMarkers: fc.constant(true),
        rounds: rounds(fc.record(evicting), many),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        ...world,
        theme: mostlyLooks,
        msPerStep: fc.constantFrom(0.5, 1),
        rounds: rounds(fc.record(sluggish), many),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        ...world,
        evictsMarkers: fc.constant(true),
        theme: mostlyLooks,
        msPerStep: fc.constant(0.25),
        rounds: rounds(
          fc.record(withRetries),
          { most: 20, clients: 5, stragglers: 1 },
          fc.constantFrom(true, true, false),
        ),
      }),
    },
  ),
);
