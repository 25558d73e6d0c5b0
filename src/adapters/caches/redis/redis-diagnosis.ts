import type { Clock, Deadline } from '../../../ports/clock.ts';
import type { Diagnosable, Finding } from '../../../ports/diagnosis.ts';
import { reasonOf } from '../../../ports/errors.ts';
import type { RedisConnection } from './redis-connection.ts';
import { parseInfo } from './redis-info.ts';

const POLL_INTERVAL_MS = 20;

/** Whether a Redis keeps what the freshness protocol needs. */
export class RedisDiagnosis implements Diagnosable {
  readonly #connection: RedisConnection;
  readonly #clock: Clock;

  constructor(connection: RedisConnection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  async diagnose(deadline: Deadline): Promise<readonly Finding[]> {
    try {
      const { version, maxMemoryPolicy } = parseInfo(await this.#info(deadline));
      return [
        { level: 'ok', what: `redis: version ${version ?? 'unknown'}, a primary` },
        evictionFinding(maxMemoryPolicy),
      ];
    } catch (error) {
      return [
        {
          level: 'problem',
          what: reasonOf(error),
          advice: 'check REDIS_URL, and that the server runs and can be reached from here',
        },
      ];
    }
  }

  /** Waits until there is a connection, but no longer than the deadline. */
  async #info(deadline: Deadline): Promise<string> {
    for (;;) {
      try {
        return await this.#connection.current().redis.info();
      } catch (error) {
        if (this.#clock.monotonic() + POLL_INTERVAL_MS > deadline) throw error;
      }
      await this.#clock.sleep(POLL_INTERVAL_MS);
    }
  }
}

/** Markers have the shortest TTLs: a policy that throws those out first removes what guards a write under way. */
function evictionFinding(policy: string | undefined): Finding {
  switch (policy) {
    case 'noeviction':
      return { level: 'ok', what: 'redis: maxmemory-policy noeviction keeps every marker' };
    case 'volatile-ttl':
      return {
        level: 'problem',
        what: 'redis: maxmemory-policy volatile-ttl throws out the shortest TTL first, which is that of markers',
        advice: 'CONFIG SET maxmemory-policy allkeys-lru (or noeviction)',
      };
    case undefined:
      return {
        level: 'warning',
        what: 'redis: it does not tell its maxmemory-policy',
        advice: 'it must not be volatile-ttl',
      };
    case 'allkeys-random':
    case 'volatile-random':
      return {
        level: 'warning',
        what: `redis: maxmemory-policy ${policy} may throw out a marker as soon as memory is full`,
        advice: 'CONFIG SET maxmemory-policy allkeys-lru: a marker is always among the newest entries',
      };
    default:
      return {
        level: 'ok',
        what: `redis: maxmemory-policy ${policy} keeps the newest entries, markers among them`,
      };
  }
}
