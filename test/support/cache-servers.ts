import type { Cache, ReachedServer } from '../../src/ports/cache.ts';
import type { Clock, Deadline } from '../../src/ports/clock.ts';
import type { CacheServer } from '../../src/ports/epoch.ts';
import { CacheUnavailable, CacheUnproven } from '../../src/ports/errors.ts';

interface Entry {
  readonly value: string;
  readonly expiresAt: number;
}

/**
 * One process of a replicated cache, as Redis behaves: it keeps its name through failover and failback, and begins a new
 * term with every promotion.
 */
export class CacheServerProcess {
  readonly name: string;
  entries = new Map<string, Entry>();
  isPrimary: boolean;
  term: number;
  previousTerm: number | undefined;
  isUp = true;

  constructor(name: string, term: number, isPrimary: boolean) {
    this.name = name;
    this.term = term;
    this.isPrimary = isPrimary;
  }

  get id(): CacheServer {
    return `${this.term} ${this.name}`;
  }
}

/** Two processes of which one replicates the other, asynchronously. */
export class CacheServers {
  readonly first = new CacheServerProcess('first', 1, true);
  readonly second = new CacheServerProcess('second', 1, false);
  #terms = 1;

  /** What has reached the replica so far; what is set afterwards is lost when it is promoted. */
  replicate(): void {
    const [primary, replica] = this.first.isPrimary ? [this.first, this.second] : [this.second, this.first];
    replica.entries = new Map(primary.entries);
  }

  /** A new term for a process. The other one goes on as a primary until it is demoted. */
  promote(process: CacheServerProcess): void {
    process.previousTerm = process.term;
    this.#terms += 1;
    process.term = this.#terms;
    process.isPrimary = true;
  }

  /** Becomes a replica of the other one, and takes its entries and its term. */
  demote(process: CacheServerProcess): void {
    const primary = process === this.first ? this.second : this.first;
    process.isPrimary = false;
    process.term = primary.term;
    process.entries = new Map(primary.entries);
  }

  /** Promotes the other process and demotes the primary, in one moment. */
  failOver(): void {
    const [primary, replica] = this.first.isPrimary ? [this.first, this.second] : [this.second, this.first];
    this.promote(replica);
    this.demote(primary);
  }
}

/** The connection of one instance to one of the processes. */
export class CacheServerConnection implements Cache {
  readonly #clock: Clock;
  readonly #address: () => CacheServerProcess | undefined;
  #process: CacheServerProcess | undefined;
  #connectedAt: number;

  /** @param address the process that a new connection reaches */
  constructor(clock: Clock, address: () => CacheServerProcess | undefined) {
    this.#clock = clock;
    this.#address = address;
    this.#process = address();
    this.#connectedAt = clock.monotonic();
  }

  server(): ReachedServer | undefined {
    const process = this.#process;
    if (process === undefined || !process.isUp || !process.isPrimary) return undefined;
    return {
      id: process.id,
      connectedAt: this.#connectedAt,
      succeeds: (other) => other.startsWith(`${process.previousTerm} `),
      legacyScope: `${process.name}:`,
    };
  }

  reconnect(): void {
    this.#process = this.#address();
    this.#connectedAt = Math.max(this.#connectedAt + 0.001, this.#clock.monotonic());
  }

  async get(key: string, on: CacheServer, deadline: Deadline): Promise<string | undefined> {
    return (await this.getMany([key], on, deadline))[0];
  }

  async getMany(
    keys: readonly string[],
    on: CacheServer,
    deadline: Deadline,
  ): Promise<(string | undefined)[]> {
    const process = this.#reach(on, deadline);
    if (process.id !== on) throw new CacheUnavailable('Another cache server is reached.');
    const values = keys.map((key) => this.#entry(process, key));
    if (!process.isPrimary || process.id !== on) throw new CacheUnproven('The cache server is no primary.');
    return values;
  }

  async add(
    key: string,
    value: string,
    ttlMs: number,
    on: CacheServer,
    deadline: Deadline,
  ): Promise<boolean> {
    const process = this.#reach(on, deadline, true);
    if (this.#entry(process, key) !== undefined) return false;
    this.#set(process, key, value, ttlMs);
    return true;
  }

  async replace(
    key: string,
    expected: string,
    value: string,
    ttlMs: number,
    on: CacheServer,
    deadline: Deadline,
  ): Promise<boolean> {
    const process = this.#reach(on, deadline, true);
    if (this.#entry(process, key) !== expected) return false;
    this.#set(process, key, value, ttlMs);
    return true;
  }

  async put(key: string, value: string, ttlMs: number, on: CacheServer, deadline: Deadline): Promise<void> {
    this.#set(this.#reach(on, deadline, true), key, value, ttlMs);
  }

  #reach(on: CacheServer, deadline: Deadline, isSet = false): CacheServerProcess {
    const process = this.#process;
    if (this.#clock.monotonic() > deadline) throw new CacheUnavailable('The deadline had passed.');
    if (process === undefined || !process.isUp) throw new CacheUnavailable('The cache server is down.');
    if (!on.endsWith(` ${process.name}`)) throw new CacheUnavailable('Another cache server is reached.');
    if (isSet && !process.isPrimary) throw new CacheUnavailable('The cache server is a replica.');
    return process;
  }

  #entry({ entries }: CacheServerProcess, key: string): string | undefined {
    const entry = entries.get(key);
    return entry !== undefined && entry.expiresAt > this.#clock.monotonic() ? entry.value : undefined;
  }

  #set({ entries }: CacheServerProcess, key: string, value: string, ttlMs: number): void {
    entries.set(key, { value, expiresAt: this.#clock.monotonic() + ttlMs });
  }
}
