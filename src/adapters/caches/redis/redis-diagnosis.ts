import type { Clock, Deadline } from '../../../ports/clock.ts';
import type { Diagnosable, Finding } from '../../../ports/diagnosis.ts';
import { CacheUnavailable } from '../../../ports/errors.ts';
import { describeCommandError } from './describe-redis-error.ts';
import type { RedisConnection } from './redis-connection.ts';
import { parseInfo, type RedisInfo } from './redis-info.ts';

const POLL_INTERVAL_MS = 20;
const CHECK_CONNECTION = 'check REDIS_URL (host, port, rediss:// for TLS) and that the server is running';

/** Checks that the server is a primary, and that its eviction policy suits the freshness protocol. */
export class RedisDiagnosis implements Diagnosable {
  readonly #connection: RedisConnection;
  readonly #clock: Clock;

  constructor(connection: RedisConnection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  async diagnose(deadline: Deadline): Promise<readonly Finding[]> {
    try {
      const info = parseInfo(await this.#info(deadline));
      const what = `${nameOf(info)}: version ${info.version ?? 'unknown'}, a primary`;
      return [{ level: 'ok', what }, evictionFinding(info)];
    } catch (error) {
      const what = error instanceof CacheUnavailable ? error.message : describeCommandError(error);
      // Errors that the server reports contain their own advice, after a semicolon.
      return [{ level: 'problem', what, ...(what.includes('; ') ? {} : { advice: CHECK_CONNECTION }) }];
    }
  }

  /** Waits for the connection, at most until the deadline. */
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

/**
 * Markers have the shortest TTLs, so a policy that evicts these first removes the markers that protect writes in
 * progress.
 */
function evictionFinding(info: RedisInfo): Finding {
  const policy = info.maxMemoryPolicy;
  const about = `${nameOf(info)}: maxmemory-policy`;
  switch (policy) {
    case 'noeviction':
      return { level: 'ok', what: `${about} noeviction never evicts markers` };
    case 'volatile-ttl':
      return {
        level: 'problem',
        what: `${about} volatile-ttl evicts markers first, because they have the shortest TTL`,
        advice: 'CONFIG SET maxmemory-policy allkeys-lru (or noeviction)',
      };
    case undefined:
      return {
        level: 'warning',
        what: `${about} is not reported by the server`,
        advice: 'make sure that it is not volatile-ttl',
      };
    case 'allkeys-random':
    case 'volatile-random':
      return {
        level: 'warning',
        what: `${about} ${policy} may evict markers as soon as the memory is full`,
        advice: 'CONFIG SET maxmemory-policy allkeys-lru, which evicts the least recently used entries',
      };
    default:
      return { level: 'ok', what: `${about} ${policy} keeps the newest entries, which include the markers` };
  }
}

function nameOf({ product }: RedisInfo): string {
  return product.toLowerCase();
}
