import { CacheUnavailable } from '../../../../src/ports/errors.ts';
import { freePort } from '../../../support/free-port.ts';
import { openMomentoCache } from '../../../support/open-momento-cache.ts';

/** Uses caches and closes them; then nothing keeps this process alive. Its argument is the port of a server. */
const TIMEOUT_MS = 1000;
const IDLE_MS = 5 * 60_000;

const soon = (): number => performance.now() + 5000;
const [, , port] = process.argv;

const used = openMomentoCache(Number(port), 'rollcall', TIMEOUT_MS);
await used.cache.put('key', 'value', 60_000, soon());

const failing = openMomentoCache(await freePort(), 'rollcall', TIMEOUT_MS);
await failing.cache.get('key', soon()).catch((error: unknown) => {
  if (!(error instanceof CacheUnavailable)) throw error;
});

// The SDK looks at how long a client has idled when that is closed, too.
const { now } = Date;
Date.now = () => now() + IDLE_MS;
used.close();
failing.close();
process.stdout.write('closed\n');
