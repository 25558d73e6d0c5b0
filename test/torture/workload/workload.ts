import type { Clock } from '../../../src/ports/clock.ts';
import type { Statistics } from '../checker/statistics.ts';
import { SeededRandom } from '../seeded-random.ts';
import { Reader } from './reader.ts';
import type { Send } from './send.ts';
import { type TrackedMembership, trackedMembership } from './tracked-membership.ts';
import { addMember, createOrganization, createUser } from './write-steps.ts';
import { Writer } from './writer.ts';

const RETRY_DELAY_MS = 10;
const MAX_PAUSE_MS = 60;
const QUIESCE_MS = 5000;
const SETUP_ATTEMPTS = 20;

interface WorkloadParts {
  readonly send: Send;
  readonly statistics: Statistics;
  readonly seed: string;
  readonly clock: Clock;
  /** Aborted at the end of the load. */
  readonly stopSignal: AbortSignal;
  /** Aborted when writers must stop retrying. */
  readonly giveUpSignal: AbortSignal;
}

interface WorkloadSize {
  readonly readers: number;
  readonly writers: number;
  /** When `stopSignal` will be aborted, on `clock.monotonic`. */
  readonly endsAt: number;
}

/** Concurrent readers and writers on a set of memberships. Each membership has at most one writer at a time. */
export class Workload {
  /** The memberships whose state is known. */
  readonly memberships: TrackedMembership[] = [];
  readonly #busy = new Set<TrackedMembership>();
  readonly #parts: WorkloadParts;

  constructor(parts: WorkloadParts) {
    this.#parts = parts;
  }

  /** Creates the memberships with their users, organizations and owners. */
  async setUp(count: number): Promise<void> {
    const writer = this.#writer('setup');
    await Promise.all(
      Array.from({ length: count }, async (_, i) => {
        const membership = trackedMembership(i);
        await this.#createOwner(membership.names.owner);
        for (const step of [createOrganization, createUser, addMember('Member')]) {
          await writer.execute(membership, step);
        }
        this.memberships.push(membership);
      }),
    );
  }

  /** Returns after the load has ended and the outcome of every write is known. */
  async run({ readers, writers, endsAt }: WorkloadSize): Promise<void> {
    await Promise.all([
      ...Array.from({ length: readers }, (_, i) => this.#read(i)),
      ...Array.from({ length: writers }, (_, i) => this.#write(i, endsAt)),
    ]);
  }

  async #read(number: number): Promise<void> {
    const { send, statistics, seed, clock, stopSignal } = this.#parts;
    const reader = new Reader({ send, statistics, random: new SeededRandom(`${seed} reader ${number}`) });
    while (!stopSignal.aborted && this.memberships.length > 0) {
      if (!(await reader.readSome(this.memberships))) await clock.sleep(RETRY_DELAY_MS);
    }
  }

  async #write(number: number, endsAt: number): Promise<void> {
    const { statistics, seed, clock, stopSignal } = this.#parts;
    const random = new SeededRandom(`${seed} pauses of writer ${number}`);
    const writer = this.#writer(`writer ${number}`);
    while (!stopSignal.aborted) {
      const [membership] = random.sample(
        this.memberships.filter((one) => !this.#busy.has(one) && !this.#isQuiesced(one, endsAt)),
        1,
      );
      if (membership !== undefined) {
        this.#busy.add(membership);
        try {
          await writer.runScenario(membership);
        } catch (error) {
          // Its state is no longer known.
          this.memberships.splice(this.memberships.indexOf(membership), 1);
          statistics.recordUnexpected(String(error));
        }
        this.#busy.delete(membership);
      }
      await clock.sleep(random.between(0, MAX_PAUSE_MS), stopSignal);
    }
  }

  /**
   * In the last seconds, writers stop using one membership after the other while faults continue, so that a stale entry
   * from the last write is not overwritten.
   */
  #isQuiesced(membership: TrackedMembership, endsAt: number): boolean {
    const { clock } = this.#parts;
    const position = this.memberships.indexOf(membership) / this.memberships.length;
    return clock.monotonic() > endsAt - position * QUIESCE_MS;
  }

  #writer(name: string): Writer {
    const { send, statistics, seed, giveUpSignal } = this.#parts;
    return new Writer({
      name: name.replace(' ', '-'),
      send,
      statistics,
      giveUpSignal,
      random: new SeededRandom(`${seed} ${name}`),
    });
  }

  async #createOwner(username: string): Promise<void> {
    const { send, seed, clock } = this.#parts;
    const random = new SeededRandom(`${seed} ${username}`);
    const body = { username, firstName: 'Some', lastName: 'Body' };
    for (let attempt = 1; attempt <= SETUP_ATTEMPTS; attempt += 1) {
      const { status } = await send(random, {
        method: 'POST',
        path: '/users',
        body,
        idempotencyKey: `create-${username}`,
      });
      if (status === 201) return;
      await clock.sleep(RETRY_DELAY_MS);
    }
    throw new Error(`User ${username} could not be created in ${SETUP_ATTEMPTS} attempts.`);
  }
}
