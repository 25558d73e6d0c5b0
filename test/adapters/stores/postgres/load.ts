import { expect } from 'chai';
import { SystemClock } from '../../../../src/adapters/system/system-clock.ts';
import type { EventStream } from '../../../../src/domain/event.ts';
import { type KeyOf, userKey } from '../../../../src/domain/records.ts';
import type { User } from '../../../../src/domain/user.ts';
import { OutcomeUnknown, StoreUnavailable } from '../../../../src/ports/errors.ts';
import {
  aChange,
  anEvent,
  aUser,
  create,
  organizationStream,
  text,
  update,
} from '../../../support/accounts.ts';
import type { BoundStore } from '../../../support/bound-store.ts';

const WORKERS = 6;
const DEADLINE_MS = 1000;
/** How late an answer may come, at most, on a machine that has much else to do. */
const TOLERANCE_MS = 400;

interface Worker {
  readonly key: KeyOf<'user'>;
  readonly user: User;
  /** The versions that were acknowledged. */
  readonly acknowledged: number[];
  /** How many changes ended in doubt. */
  unknown: number;
  refused: number;
}

/**
 * Workers that change a record of their own, version after version, each time with an event in a stream that all of them
 * share, and keep account of what they were told.
 */
export class Load {
  readonly #store: BoundStore;
  readonly #clock = new SystemClock();
  readonly #stream: EventStream = organizationStream();
  readonly #workers: readonly Worker[] = Array.from({ length: WORKERS }, () => {
    const user = aUser();
    return { key: userKey(user.username), user, acknowledged: [], unknown: 0, refused: 0 };
  });
  #isOn = true;
  #slowest = 0;
  readonly #done: Promise<unknown>;

  /** Begins at once. */
  constructor(store: BoundStore) {
    this.#store = store;
    this.#done = Promise.all(this.#workers.map((worker) => this.#work(worker)));
  }

  get acknowledged(): number {
    return this.#workers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0);
  }

  get refused(): number {
    return this.#workers.reduce((sum, { refused }) => sum + refused, 0);
  }

  /** Until every worker has had so many more changes acknowledged. */
  async progress(changes: number): Promise<void> {
    const goals = this.#workers.map(({ acknowledged }) => acknowledged.length + changes);
    const deadline = this.#clock.monotonic() + 15_000;
    while (this.#workers.some(({ acknowledged }, index) => acknowledged.length < (goals[index] ?? 0))) {
      if (this.#clock.monotonic() > deadline) expect.fail('the workers do not get on');
      await this.#clock.sleep(10);
    }
  }

  async stop(): Promise<void> {
    this.#isOn = false;
    await this.#done;
  }

  /** That everything acknowledged is there, nothing is there by half, and every answer came in time. */
  async verify(): Promise<void> {
    expect(this.#slowest, 'the slowest answer').to.be.below(DEADLINE_MS + TOLERANCE_MS);
    const soon = this.#clock.monotonic() + 10_000;
    const told = new Map<string, number[]>();
    for (let after = 0; ; after += 100) {
      const events = await this.#store.listEvents(this.#stream, after, 100, soon);
      expect(events.map(({ seq }) => seq)).to.deep.equal(events.map((_, index) => after + index + 1));
      for (const { subject, version } of events) {
        const id = subject.id ?? '';
        told.set(id, [...(told.get(id) ?? []), version]);
      }
      if (events.length < 100) break;
    }
    for (const { key, acknowledged, unknown } of this.#workers) {
      const [{ version }] = await this.#store.readMany([key], soon);
      const all = Array.from({ length: version }, (_, index) => index + 1);
      expect(told.get(key.username) ?? [], 'the events of a record').to.deep.equal(all);
      expect(all, 'the versions that were reached').to.include.members(acknowledged);
      expect(version - acknowledged.length, 'applied, though not acknowledged').to.be.at.most(unknown);
    }
  }

  async #work(worker: Worker): Promise<void> {
    const { key, user } = worker;
    while (this.#isOn) {
      try {
        const [{ record, version }] = await this.#inTime((by) => this.#store.readMany([key], by));
        const write =
          record === undefined
            ? create(key, user, version)
            : update(key, version, { ...user, firstName: text(`Version ${version + 1}`) });
        const subject = { type: 'user', id: key.username } as const;
        const event = anEvent([this.#stream], { subject, version: version + 1 });
        await this.#inTime((by) => this.#store.commit(aChange([write], { events: [event] }), by));
        worker.acknowledged.push(version + 1);
      } catch (error) {
        if (error instanceof OutcomeUnknown) worker.unknown += 1;
        else if (error instanceof StoreUnavailable) worker.refused += 1;
        else throw error;
      }
    }
  }

  async #inTime<T>(operation: (deadline: number) => Promise<T>): Promise<T> {
    const began = this.#clock.monotonic();
    try {
      return await operation(began + DEADLINE_MS);
    } finally {
      this.#slowest = Math.max(this.#slowest, this.#clock.monotonic() - began);
    }
  }
}
