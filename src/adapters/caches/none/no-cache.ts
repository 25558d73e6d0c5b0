import type { Cache } from '../../../ports/cache.ts';
import { CacheUnavailable } from '../../../ports/errors.ts';

/** `CACHE=none`: no server is ever reached, so nothing is marked or believed and the epoch remains closed. */
export class NoCache implements Cache {
  server(): undefined {
    return undefined;
  }

  reconnect(): void {
    // There is no connection.
  }

  get(): Promise<never> {
    return noCache();
  }

  getMany(): Promise<never> {
    return noCache();
  }

  add(): Promise<never> {
    return noCache();
  }

  replace(): Promise<never> {
    return noCache();
  }

  put(): Promise<never> {
    return noCache();
  }
}

function noCache(): Promise<never> {
  return Promise.reject(new CacheUnavailable('CACHE=none: there is no cache.'));
}
