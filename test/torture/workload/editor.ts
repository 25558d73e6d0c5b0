import type { Chance } from '../chance.ts';
import type { Send } from './send.ts';
import type { WatchedMembership } from './watched-membership.ts';

/**
 * Changes names of users and organizations, which no answer shows: so records have several writers at once, and what is
 * known of a membership stays true.
 */
export class Editor {
  readonly #send: Send;
  readonly #chance: Chance;
  #edits = 0;

  constructor({ send, chance }: { send: Send; chance: Chance }) {
    this.#send = send;
    this.#chance = chance;
  }

  /** Whatever comes of it. */
  async edit({ names: { user, organization } }: WatchedMembership): Promise<void> {
    this.#edits += 1;
    const name = `Edited ${this.#edits}`;
    const request = this.#chance.happens(0.5)
      ? { path: `/users/${user}`, body: { firstName: name } }
      : { path: `/organizations/${organization}`, body: { displayName: name } };
    await this.#send(this.#chance, { method: 'PATCH', ...request });
  }
}
