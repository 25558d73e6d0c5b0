import { expect } from 'chai';
import type { NewEvent, RecordedEvent } from '../../../src/domain/event.ts';
import { parseSlug, parseUsername } from '../../../src/domain/names.ts';
import {
  anEvent,
  create,
  organizationStream,
  SAMPLES,
  type Sample,
  unique,
  update,
  userStream,
} from '../../support/accounts.ts';
import { deadline } from '../../support/deadline.ts';
import { yieldToEventLoop } from '../../support/yield-to-event-loop.ts';
import {
  type CurrentStore,
  commit,
  eventsOf,
  expectConflict,
  handlesOf,
  load,
  mutateDeeply,
  oneTo,
} from './store-under-test.ts';

/** Events are numbered 1, 2, 3 … per stream, in commit order and without gaps. */
export function eventRules(current: CurrentStore): void {
  it('returns no events of an unused stream', async () => {
    const { store } = current();
    expect(await store.listEvents(organizationStream(), 0, 100, deadline())).to.deep.equal([]);
    expect(await store.listEvents(userStream(), 7, 100, deadline())).to.deep.equal([]);
  });

  it('numbers the events of a stream from 1 in commit order', async () => {
    const { store } = current();
    const stream = organizationStream();
    const events: NewEvent[] = [];
    for (let version = 1; version <= 5; version += 1) {
      const event = anEvent([stream], { version });
      events.push(event);
      await commitEvents([event]);
    }
    expect(await eventsOf(store, stream)).to.deep.equal(recorded(events));
  });

  it('returns every field of an event except its streams', async () => {
    const { store } = current();
    const stream = userStream();
    const events: NewEvent[] = [
      anEvent([stream], {
        type: 'membership.role_changed',
        actor: { type: 'service', name: 'billing "1" \\ 😀', onBehalfOf: parseUsername('ann.o_x-y') },
        subject: {
          type: 'membership',
          username: parseUsername('bob'),
          organizationName: parseSlug('acme-2'),
          id: 'x:y/z',
        },
        changes: {
          role: { from: 'Member', to: 'Admin' },
          firstName: {},
          owners: { from: ['a', 'b'], to: [] },
          status: { to: null },
          nested: { from: { deep: [1, 2.5, true, { 'quo"te': '' }] } },
        },
        version: 12,
        at: '2026-02-03T04:05:06.789Z',
      }),
      anEvent([stream], { actor: { type: 'anonymous' }, subject: { type: 'user' }, changes: {} }),
    ];
    for (const event of events) await commitEvents([event]);
    expect(await eventsOf(store, stream)).to.deep.equal(recorded(events));
  });

  it('numbers several events of one change consecutively, in their order', async () => {
    const { store } = current();
    const stream = organizationStream();
    const events = oneTo(7).map((version) => anEvent([stream], { version }));
    await commitEvents(events.slice(0, 3));
    await commitEvents(events.slice(3));
    expect(await eventsOf(store, stream)).to.deep.equal(recorded(events));
  });

  it('numbers an event in two streams independently', async () => {
    const { store } = current();
    const [organization, user] = [organizationStream(), userStream()];
    const [first, second, both, last] = [
      anEvent([organization], { version: 1 }),
      anEvent([organization], { version: 2 }),
      anEvent([organization, user], { version: 3 }),
      anEvent([user], { version: 4 }),
    ] as const;
    await commitEvents([first]);
    await commitEvents([second, both, last]);
    expect(await eventsOf(store, organization)).to.deep.equal(recorded([first, second, both]));
    expect(await eventsOf(store, user)).to.deep.equal(recorded([both, last]));
  });

  it('separates streams of different kinds, and streams with similar ids', async () => {
    const { store } = current();
    const base = unique('s');
    const ids = [base, `${base}0`, `legacy:${base}`, `legacy:${base}-b`, `s_${base}`, `sx${base}`];
    const streams = ids.flatMap((id) => [organizationStream(id), userStream(id)]);
    for (const [index, stream] of streams.entries()) {
      await commitEvents(oneTo(index + 1).map((version) => anEvent([stream], { version })));
    }
    for (const [index, stream] of streams.entries()) {
      expect(await eventsOf(store, stream)).to.have.length(index + 1);
    }
  });

  it('returns at most `limit` events after a number, also beyond number 100', async () => {
    const { store } = current();
    const stream = organizationStream();
    for (let count = 0; count < 120; count += 20) {
      await commitEvents(oneTo(20).map((index) => anEvent([stream], { version: count + index })));
    }
    for (const limit of [1, 7, 100]) {
      const found = await eventsOf(store, stream, limit);
      expect(found.map(({ version }) => version)).to.deep.equal(oneTo(120));
    }
    for (const after of [0, 1, 9, 10, 98, 99, 100, 118, 119]) {
      const [next] = await store.listEvents(stream, after, 1, deadline());
      expect(next?.seq).to.equal(after + 1);
      expect(next?.version).to.equal(after + 1);
    }
    expect(await store.listEvents(stream, 120, 10, deadline())).to.deep.equal([]);
    expect(await store.listEvents(stream, 500, 10, deadline())).to.deep.equal([]);
  });

  it('records no event of a failed commit, and leaves no gap', async () => {
    const { store } = current();
    const [stream, other] = [organizationStream(), userStream()];
    const { key, first } = SAMPLES.user();
    await commit(store, [create(key, first)], { events: [anEvent([stream], { version: 1 })] });
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const events = [anEvent([stream, other], { version: 99 }), anEvent([stream], { version: 99 })];
      await expectConflict(commit(store, [create(key, first)], { events }), key);
    }
    await commit(store, [update(key, 1, first)], { events: [anEvent([stream, other], { version: 2 })] });
    expect((await eventsOf(store, stream)).map(({ version }) => version)).to.deep.equal([1, 2]);
    expect((await eventsOf(store, other)).map(({ version }) => version)).to.deep.equal([2]);
  });

  it('keeps its own copy of committed and returned events', async () => {
    const { store } = current();
    const stream = organizationStream();
    const event = anEvent([{ ...stream }], { changes: { role: { from: ['Member'], to: 'Admin' } } });
    const expected = recorded([structuredClone(event)]);
    await commitEvents([event]);
    mutateDeeply(event);
    expect(await eventsOf(store, stream)).to.deep.equal(expected);
    mutateDeeply(await eventsOf(store, stream));
    expect(await eventsOf(store, stream)).to.deep.equal(expected);
  });

  it('applies 50 concurrent commits to one stream and numbers them 1 to 50', async () => {
    const handle = await handlesOf(current());
    const stream = organizationStream();
    const written = oneTo(50).map(() => SAMPLES.user());
    let isCommitting = true;
    const longDeadline = deadline(15_000);

    async function observe(turn: number): Promise<void> {
      // `eventsOf` fails at a gap: a reader must never skip a number that appears later.
      while (isCommitting) {
        await eventsOf(handle(turn), stream, 9);
        await yieldToEventLoop();
      }
    }

    const all = Promise.all(
      written.map(({ key, first }, index) =>
        handle(index).commit(
          {
            at: new Date().toISOString(),
            writes: [create(key, first)],
            conditions: [],
            events: [anEvent([stream], { version: index })],
          },
          longDeadline,
        ),
      ),
    ).finally(() => {
      isCommitting = false;
    });
    await Promise.all([all, observe(0), observe(1)]);

    const found = await eventsOf(handle(0), stream);
    expect(found.map(({ seq }) => seq)).to.deep.equal(oneTo(50));
    expect(found.map(({ version }) => version)).to.have.members(oneTo(50).map((count) => count - 1));
    for (const { key } of written) expect((await load(handle(1), key)).version).to.equal(1);
  });

  it('numbers an event after all events that were acknowledged before its commit began', async () => {
    const handle = await handlesOf(current());
    const stream = userStream();
    const acknowledged: string[] = [];
    const before = new Map<string, readonly string[]>();

    async function worker(turn: number): Promise<void> {
      for (let round = 0; round < 8; round += 1) {
        const { key, first }: Sample = SAMPLES.membership();
        const id = `${turn}.${round}`;
        before.set(id, [...acknowledged]);
        const event = anEvent([stream], { subject: { type: 'user', id } });
        await commit(handle(turn), [create(key, first)], { events: [event] });
        acknowledged.push(id);
      }
    }

    await Promise.all([0, 1, 2, 3].map(worker));
    const order = (await eventsOf(handle(1), stream)).map(({ subject }) => subject.id ?? '');
    expect(order).to.have.members(acknowledged);
    order.forEach((id, index) => {
      expect(order.slice(0, index)).to.include.members([...(before.get(id) ?? [])]);
    });
  });

  /** Commits events with an unrelated record. */
  async function commitEvents(events: readonly NewEvent[]): Promise<void> {
    const { key, first } = SAMPLES.email();
    await commit(current().store, [create(key, first)], { events });
  }
}

/** The expected content of a stream with exactly these events. */
function recorded(events: readonly NewEvent[]): RecordedEvent[] {
  return events.map(({ streams: _, ...event }, index) => ({ ...event, seq: index + 1 }));
}
