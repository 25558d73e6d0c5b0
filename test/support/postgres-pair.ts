import { WireProxy } from '../adapters/stores/postgres/wire-proxy.ts';
import { ADMIN, PASSWORD, PostgresServer, SERVICE, type StoreDatabase } from './postgres-server.ts';

/** A primary and its streaming standby behind one address that can be switched between them. */
export class PostgresPair {
  readonly primary: PostgresServer;
  readonly standby: PostgresServer;
  /** The shared address. */
  readonly proxy: WireProxy;
  /** The URL for the service, through the proxy. */
  readonly url: string;
  readonly #replication: WireProxy;

  static async start(settings: Readonly<Record<string, string>> = { fsync: 'off' }): Promise<PostgresPair> {
    const primary = await PostgresServer.start(settings);
    try {
      const database = await primary.createStoreDatabase();
      const replication = await WireProxy.to(primary.port);
      const standby = await primary.startStandby({
        primary_conninfo: `host=127.0.0.1 port=${replication.port} user=${ADMIN} password=${PASSWORD}`,
      });
      return new PostgresPair(primary, standby, replication, await WireProxy.to(primary.port), database);
    } catch (error) {
      await primary.stop();
      throw error;
    }
  }

  private constructor(
    primary: PostgresServer,
    standby: PostgresServer,
    replication: WireProxy,
    proxy: WireProxy,
    { name }: StoreDatabase,
  ) {
    this.primary = primary;
    this.standby = standby;
    this.#replication = replication;
    this.proxy = proxy;
    this.url = primary.url(name, { role: SERVICE, port: proxy.port });
  }

  /** Stops replication to the standby. */
  async cutReplication(): Promise<void> {
    await this.#replication.close();
  }

  /** Crashes the primary, promotes the standby and switches the address to it. */
  async failOver(): Promise<void> {
    await this.primary.crash();
    await this.promote();
  }

  /** Promotes the standby and switches new connections to it. The old primary keeps running. */
  async promote(): Promise<void> {
    await this.standby.promote();
    this.proxy.target = this.standby.port;
  }

  async stop(): Promise<void> {
    await this.proxy.close();
    await this.#replication.close();
    await this.standby.stop();
    await this.primary.stop();
  }
}
