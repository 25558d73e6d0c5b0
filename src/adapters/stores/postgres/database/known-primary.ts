import { PostgresFailure } from '../connection/postgres-failure.ts';
import { describeServer, type ServerIdentity } from './server-identity.ts';

/** The newest primary that has answered. An older one of the same system has been superseded by a promotion. */
export class KnownPrimary {
  #identity: ServerIdentity | undefined;
  #name: string | undefined;

  /** As text; `undefined` before the first answer. */
  get name(): string | undefined {
    return this.#name;
  }

  get isKnown(): boolean {
    return this.#identity !== undefined;
  }

  /** Whether an answer on this timeline needs no further look at the server. */
  isOn(timeline: number): boolean {
    return this.#identity?.timeline === timeline;
  }

  /** @throws {PostgresFailure} it was superseded: its answers are old, and its changes will be lost */
  accept(server: ServerIdentity): void {
    const known = this.#identity;
    if (known?.system === server.system && known.timeline > server.timeline) {
      throw new PostgresFailure(
        'lost',
        `a superseded primary answered: ${describeServer(server)}, but timeline ${known.timeline} exists`,
      );
    }
    if (known?.system === server.system && known.timeline === server.timeline) return;
    this.#identity = server;
    this.#name = describeServer(server);
  }
}
