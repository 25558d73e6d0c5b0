import type { ConnectionOptions } from 'node:tls';
import { type DatabaseTarget, type Host, isSocketFolder } from '../url/database-url.ts';
import { tlsOptionsFrom } from './tls-options.ts';

/** One way to connect: a host, with TLS or without. */
export interface Endpoint extends Host {
  readonly tls: ConnectionOptions | false;
  /** Whether the same host may be reached without TLS if this fails. */
  readonly mayFallBack: boolean;
}

/**
 * The hosts of `DATABASE_URL`, of which the last one that worked is used. A connection that fails, or that reaches a standby,
 * makes the next one go to the next host.
 */
export class Endpoints {
  /** Why connections begin with TLS without asking the server. */
  readonly isDirect: boolean;
  readonly #hosts: readonly Host[];
  readonly #tls: ConnectionOptions | false;
  readonly #isTlsPreferred: boolean;
  #index = 0;
  #current: Endpoint;

  /** @throws a file of `tls` cannot be read */
  constructor({ hosts, tls }: Pick<DatabaseTarget, 'hosts' | 'tls'>) {
    this.#hosts = hosts;
    this.#tls = tlsOptionsFrom(tls);
    this.#isTlsPreferred = tls.mode === 'prefer';
    this.isDirect = tls.isDirect === true;
    this.#current = this.#endpointOf(0);
  }

  get current(): Endpoint {
    return this.#current;
  }

  /** A connection to it failed, or reached no primary. Has no effect if another connection has noticed already. */
  moveOn(from: Endpoint): void {
    if (from !== this.#current) return;
    this.#index = (this.#index + 1) % this.#hosts.length;
    this.#current = this.#endpointOf(this.#index);
  }

  /** The host does not offer TLS, which is only preferred. The next failure of the host ends this. */
  fallBack(from: Endpoint): void {
    if (from === this.#current) this.#current = { ...from, tls: false, mayFallBack: false };
  }

  #endpointOf(index: number): Endpoint {
    const { host = '', port = 0 } = this.#hosts[index] ?? {};
    const tls = isSocketFolder(host) ? false : this.#tls;
    return { host, port, tls, mayFallBack: tls !== false && this.#isTlsPreferred };
  }
}
