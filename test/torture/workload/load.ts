import type { Clock } from '../../../src/ports/clock.ts';
import { Chance } from '../chance.ts';
import type { Tally } from '../checker/tally.ts';
import { addMember, createOrganization, createUser } from './acts.ts';
import { Reader } from './reader.ts';
import type { Send } from './send.ts';
import { type WatchedMembership, watchedMembership } from './watched-membership.ts';
import { Writer } from './writer.ts';

const AFTER_NO_ANSWER_MS = 10;
const LONGEST_PAUSE_MS = 60;
const LONGEST_REST_MS = 5000;
const SETUP_ATTEMPTS = 20;

/** Readers and writers on a set of memberships. No two writers are at one membership at a time. */
export class Load {
  /** Those of which everything is known. */
  readonly memberships: WatchedMembership[] = [];
  readonly #busy = new Set<WatchedMembership>();
  readonly #parts: LoadParts;

  constructor(parts: LoadParts) {
    this.#parts = parts;
  }

  /** Founders, organizations, users and their memberships. */
  async setUp(count: number): Promise<void> {
    const writer = this.#writer('setup');
    await Promise.all(
      Array.from({ length: count }, async (_, i) => {
        const watched = watchedMembership(i);
        await this.#createFounder(watched.names.founder);
        for (const step of [createOrganization, createUser, addMember('Member')]) {
          await writer.perform(watched, step);
        }
        this.memberships.push(watched);
      }),
    );
  }

  /** Settles once it is over and every writer knows what became of its last request. */
  async run({ readers, writers, endsAt }: LoadSize): Promise<void> {
    await Promise.all([
      ...Array.from({ length: readers }, (_, i) => this.#read(i)),
      ...Array.from({ length: writers }, (_, i) => this.#write(i, endsAt)),
    ]);
  }

  async #read(number: number): Promise<void> {
    const { send, tally, seed, clock, over } = this.#parts;
    const reader = new Reader({ send, tally, chance: new Chance(`${seed} reader ${number}`) });
    while (!over.aborted && this.memberships.length > 0) {
      if (!(await reader.ask(this.memberships))) await clock.sleep(AFTER_NO_ANSWER_MS);
    }
  }

  async #write(number: number, endsAt: number): Promise<void> {
    const { tally, seed, clock, over } = this.#parts;
    const chance = new Chance(`${seed} pauses of writer ${number}`);
    const writer = this.#writer(`writer ${number}`);
    while (!over.aborted) {
      const [free] = chance.sample(
        this.memberships.filter((one) => !this.#busy.has(one) && !this.#isAtRest(one, endsAt)),
        1,
      );
      if (free !== undefined) {
        this.#busy.add(free);
        try {
          await writer.tellStory(free);
        } catch (error) {
          // Nobody knows any more what is true of it.
          this.memberships.splice(this.memberships.indexOf(free), 1);
          tally.surprise(String(error));
        }
        this.#busy.delete(free);
      }
      await clock.sleep(chance.between(0, LONGEST_PAUSE_MS), over);
    }
  }

  /** Towards the end one after another is left alone, while the faults go on: what went wrong last then stays so. */
  #isAtRest(watched: WatchedMembership, endsAt: number): boolean {
    const { clock } = this.#parts;
    const place = this.memberships.indexOf(watched) / this.memberships.length;
    return clock.monotonic() > endsAt - place * LONGEST_REST_MS;
  }

  #writer(name: string): Writer {
    const { send, tally, seed, giveUp } = this.#parts;
    return new Writer({
      name: name.replace(' ', '-'),
      send,
      tally,
      giveUp,
      chance: new Chance(`${seed} ${name}`),
    });
  }

  async #createFounder(username: string): Promise<void> {
    const { send, seed, clock } = this.#parts;
    const chance = new Chance(`${seed} ${username}`);
    const body = { username, firstName: 'Some', lastName: 'Body' };
    for (let attempt = 1; attempt <= SETUP_ATTEMPTS; attempt += 1) {
      const { status } = await send(chance, {
        method: 'POST',
        path: '/users',
        body,
        idempotencyKey: `create-${username}`,
      });
      if (status === 201) return;
      await clock.sleep(AFTER_NO_ANSWER_MS);
    }
    throw new Error(`${username} could not be created`);
  }
}

interface LoadSize {
  readonly readers: number;
  readonly writers: number;
  /** When `over` will be aborted, on `clock.monotonic`. */
  readonly endsAt: number;
}

interface LoadParts {
  readonly send: Send;
  readonly tally: Tally;
  readonly seed: string;
  readonly clock: Clock;
  /** Aborted at the end of the load. */
  readonly over: AbortSignal;
  /** Aborted when a write that still has no answer is given up. */
  readonly giveUp: AbortSignal;
}
