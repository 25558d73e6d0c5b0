import { parseArgs } from 'node:util';
import { MomentoServer } from './momento-server.ts';

/** `main.ts [--port 0] [--cache rollcall]…`: serves until it is killed, and prints where. */
const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, cache: { type: 'string', multiple: true } },
});
const server = await MomentoServer.start({
  port: Number(values.port),
  ...(values.cache === undefined ? {} : { caches: values.cache }),
});
process.stdout.write(`momento-server on 127.0.0.1:${server.port}\n`);

// Nobody asks what has arrived here, and it may run for long.
setInterval(() => {
  server.requests.length = 0;
  server.abandoned.clear();
}, 1000);
