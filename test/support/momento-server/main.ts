import { parseArgs } from 'node:util';
import { MomentoServer } from './momento-server.ts';

/** `main.ts [--port 0] [--cache rollcall]…`: prints its address and serves until it is killed. */
const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, cache: { type: 'string', multiple: true } },
});
const server = await MomentoServer.start({
  port: Number(values.port),
  ...(values.cache === undefined ? {} : { caches: values.cache }),
});
process.stdout.write(`momento-server on 127.0.0.1:${server.port}\n`);

// A process may run for hours, and nothing reads its log of requests.
setInterval(() => {
  server.requests.length = 0;
  server.cancelled.clear();
}, 1000);
