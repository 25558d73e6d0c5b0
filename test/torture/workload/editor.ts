import type { SeededRandom } from '../seeded-random.ts';
import type { Send } from './send.ts';
import type { TrackedMembership } from './tracked-membership.ts';

/**
 * Renames users and organizations. Names are not part of any checked response, so the expected state stays valid, but
 * records get several concurrent writers.
 */
export class Editor {
  readonly #send: Send;
  readonly #random: SeededRandom;
  #edits = 0;

  constructor({ send, random }: { send: Send; random: SeededRandom }) {
    this.#send = send;
    this.#random = random;
  }

  /** Ignores the outcome. */
  async edit({ names: { user, organization } }: TrackedMembership): Promise<void> {
    this.#edits += 1;
    const name = `Edited ${this.#edits}`;
    const request = this.#random.happens(0.5)
      ? { path: `/users/${user}`, body: { firstName: name } }
      : { path: `/organizations/${organization}`, body: { displayName: name } };
    await this.#send(this.#random, { method: 'PATCH', ...request });
  }
}
