import { setTimeout as pause } from 'node:timers/promises';
import type { Chance } from '../chance.ts';
import type { Tally } from '../checker/tally.ts';
import type { Span } from '../checker/timeline.ts';
import { type Act, changeRole, nextSteps, otherRole, type Step } from './acts.ts';
import { Editor } from './editor.ts';
import type { Reply } from './http-client.ts';
import type { Request, Send } from './send.ts';
import { type Situation, stateOf } from './situation.ts';
import type { WatchedMembership } from './watched-membership.ts';

/** Refusals of which the service says that nothing was written, and nothing will be. */
const NOTHING_WRITTEN: ReadonlySet<string | undefined> = new Set([
  'conflict',
  'cache_unavailable',
  'store_unavailable',
  'overloaded',
]);
const AGAIN: ReadonlySet<string | undefined> = new Set([...NOTHING_WRITTEN, 'outcome_unknown']);

/** Of the steps, those during which somebody else edits a name. */
const IN_COMPANY = 0.5;
/** Of the requests that may go without an `Idempotency-Key`. */
const WITHOUT_KEY = 0.5;
const SHORTEST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 150;

/** Changes memberships, one request after another, and always comes to know what became of each. */
export class Writer {
  readonly #send: Send;
  readonly #chance: Chance;
  readonly #tally: Tally;
  readonly #giveUp: AbortSignal;
  readonly #editor: Editor;
  readonly #keyPrefix: string;
  #keys = 0;

  /**
   * @param parts.name unlike that of any other writer
   * @param parts.giveUp aborted when there is no hope left of getting through
   */
  constructor(parts: { name: string; send: Send; chance: Chance; tally: Tally; giveUp: AbortSignal }) {
    this.#keyPrefix = parts.name;
    this.#editor = new Editor(parts);
    this.#send = parts.send;
    this.#chance = parts.chance;
    this.#tally = parts.tally;
    this.#giveUp = parts.giveUp;
  }

  /** Something that may become of a membership, from beginning to end. */
  async tellStory(watched: WatchedMembership): Promise<void> {
    for (const step of nextSteps(this.#chance, watched.now)) {
      const isInCompany = this.#chance.happens(IN_COMPANY);
      await Promise.all([this.perform(watched, step), isInCompany && this.#editor.edit(watched)]);
    }
  }

  /** @throws {Error} the request was refused, or never came through */
  async perform(watched: WatchedMembership, step: Step): Promise<void> {
    const act = step(watched.names, watched.now);
    // Of a change of role another one, to a third role, tells whether it was made; all else needs a key to be sent again.
    const mayGoWithout = act.method === 'PATCH' && act.after.user === 'active';
    if (mayGoWithout && this.#chance.happens(WITHOUT_KEY)) await this.#once(watched, act);
    else await this.#insist(watched, act, [act.after]);
    this.#tally.writes += 1;
  }

  /** Without an `Idempotency-Key`. */
  async #once(watched: WatchedMembership, act: Act): Promise<void> {
    const { names, now, timeline } = watched;
    const span = timeline.begin(stateOf(act.after), performance.now());
    const reply = await this.#send(this.#chance, this.#requestOf(watched, act));
    if (isDone(reply)) {
      this.#settle(watched, [{ span, situation: act.after }], reply);
    } else if (NOTHING_WRITTEN.has(reply.body.code)) {
      this.#drop(watched, span);
    } else {
      this.#expectAgain(reply, act);
      this.#tally.unclear += 1;
      const role = otherRole(this.#chance, now.role, act.after.role);
      const further = changeRole(role)(names, now);
      const ifMade = { ...act.after, role, version: act.after.version + 1 };
      const settled = await this.#insist(watched, further, [further.after, ifMade]);
      if (settled === further.after) this.#drop(watched, span);
    }
  }

  /**
   * Sends the same request under one `Idempotency-Key` until it is answered.
   * @param possible what may be so afterwards; the version in the answer tells which
   */
  async #insist(
    watched: WatchedMembership,
    act: Act,
    possible: readonly Situation[],
  ): Promise<Situation | undefined> {
    this.#keys += 1;
    const request = this.#requestOf(watched, act, `${this.#keyPrefix}-${this.#keys}`);
    const from = performance.now();
    const spans = possible.map((situation) => ({
      span: watched.timeline.begin(stateOf(situation), from),
      situation,
    }));
    for (let attempt = 1; ; attempt += 1) {
      const reply = await this.#send(this.#chance, request);
      if (isDone(reply)) return this.#settle(watched, spans, reply);
      this.#expectAgain(reply, act);
      if (attempt === 1) this.#tally.unclear += 1;
      if (this.#giveUp.aborted) throw new Error(`${act.method} ${act.path} never came through`);
      await pause(this.#chance.between(SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS));
    }
  }

  /** What is so now, of what was possible; where the answer shows a version, that tells. */
  #settle(
    watched: WatchedMembership,
    possible: readonly { readonly span: Span; readonly situation: Situation }[],
    { body: { membership }, to }: Reply,
  ): Situation | undefined {
    const made = possible.find(
      ({ situation }) => membership === undefined || membership.version === situation.version,
    );
    for (const { span } of possible) if (span !== made?.span) this.#drop(watched, span);
    if (made === undefined) {
      const expected = possible.map(({ situation }) => situation.version).join(' or ');
      this.#tally.countLostWrite(
        `${watched.names.user} was written at version ${membership?.version}, not ${expected}`,
      );
      throw new Error('somebody else has written');
    }
    watched.timeline.acknowledge(made.span, to);
    watched.now = made.situation;
    return made.situation;
  }

  #drop({ names, timeline }: WatchedMembership, span: Span): void {
    const reads = timeline.drop(span);
    this.#tally.countUnfounded(
      reads,
      () => `${names.user}: ${reads} reads saw "${span.state.answers[0]}", which was never written`,
    );
  }

  #expectAgain({ status, body }: Reply, act: Act): void {
    if (status === undefined || AGAIN.has(body.code)) return;
    throw new Error(`${act.method} ${act.path} was answered ${status} ${body.code}`);
  }

  #requestOf(
    { names }: WatchedMembership,
    { method, path, body, by }: Act,
    idempotencyKey?: string,
  ): Request {
    return { method, path, body, as: by === 'founder' ? names.founder : undefined, idempotencyKey };
  }
}

function isDone({ status }: Reply): boolean {
  return status !== undefined && status < 300;
}
