import { PostgresFailure } from '../connection/postgres-failure.ts';
import type { PostgresSession } from '../connection/postgres-session.ts';
import { describeServer, type ServerIdentity } from './server-identity.ts';

/** The newest primary that has answered. A promotion supersedes earlier primaries of the same system. */
export class KnownPrimary {
  #identity: ServerIdentity | undefined;
  #name: string | undefined;

  /** Its description; `undefined` before the first answer. */
  get name(): string | undefined {
    return this.#name;
  }

  get isKnown(): boolean {
    return this.#identity !== undefined;
  }

  /** Whether the timeline is the known one, so that the system identifier need not be checked again. */
  isOn(timeline: number): boolean {
    return this.#identity?.timeline === timeline;
  }

  /** @throws {PostgresFailure} the server was superseded: its data is stale, and changes to it would be lost */
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

/** Accepts the server of a session, or leaves the session. @throws {PostgresFailure} the server was superseded */
export function acceptOrLeave(
  primary: KnownPrimary,
  server: ServerIdentity,
  session: Pick<PostgresSession, 'leave'>,
): void {
  try {
    primary.accept(server);
  } catch (error) {
    session.leave();
    throw error;
  }
}
