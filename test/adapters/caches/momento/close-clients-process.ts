import { CacheUnavailable } from '../../../../src/ports/errors.ts';
import { serverOf } from '../../../contracts/cache/cache-under-test.ts';
import { deadline } from '../../../support/deadline.ts';
import { freePort } from '../../../support/free-port.ts';
import { openMomentoCache } from '../../../support/momento-fixture.ts';

/** Uses clients and closes them, after which this process must exit. The argument is the port of a server. */
const IDLE_MS = 5 * 60_000;

const [, , port] = process.argv;

const used = openMomentoCache({ port: Number(port), timeoutMs: 1000 });
await used.cache.put('key', 'value', 60_000, serverOf(used.cache), deadline());

const failed = openMomentoCache({ port: await freePort(), timeoutMs: 1000 });
await failed.cache.get('key', serverOf(failed.cache), deadline()).catch((error: unknown) => {
  if (!(error instanceof CacheUnavailable)) throw error;
});

// When a client is closed, the SDK checks how long it has been idle.
const { now } = Date;
Date.now = () => now() + IDLE_MS;
used.close();
failed.close();
process.stdout.write('closed\n');
