import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { endProcesses, type RollcallProcess, startRollcall } from '../../support/rollcall-process.ts';

const STOPPING = /^rollcall is stopping/;
const BODY = JSON.stringify({ username: 'ann', firstName: 'Ann', lastName: 'Archer' });
const IMPATIENT_AFTER_MS = 1000;

/** A raw connection. */
class Wire {
  readonly closed: Promise<unknown>;
  readonly #socket: Socket;
  #received = '';

  static async to(service: RollcallProcess): Promise<Wire> {
    const { hostname, port } = new URL(await service.url());
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new Wire(socket);
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.setEncoding('utf8').on('data', (text: string) => {
      this.#received += text;
    });
    // `closed` reports the end of the connection.
    socket.on('error', () => {});
  }

  get received(): string {
    return this.#received;
  }

  send(text: string): void {
    this.#socket.write(text);
  }

  async receive(pattern: RegExp): Promise<void> {
    const closed = this.closed.then(() => {
      throw new Error(`closed before ${pattern}; received: ${this.#received}`);
    });
    closed.catch(() => {});
    while (!pattern.test(this.#received)) await Promise.race([once(this.#socket, 'data'), closed]);
  }

  end(): void {
    this.#socket.destroy();
  }
}

/** A request that the service is processing, with an incomplete body. */
async function halfSent(service: RollcallProcess): Promise<Wire> {
  const wire = await Wire.to(service);
  wire.send(
    'POST /users HTTP/1.1\r\nHost: rollcall\r\nContent-Type: application/json\r\n' +
      `Content-Length: ${BODY.length}\r\nExpect: 100-continue\r\n\r\n`,
  );
  await wire.receive(/^HTTP\/1\.1 100 /);
  wire.send(BODY.slice(0, 10));
  return wire;
}

/** A keep-alive connection after one request. */
async function keptAlive(service: RollcallProcess): Promise<Wire> {
  const wire = await Wire.to(service);
  wire.send('GET /health/live HTTP/1.1\r\nHost: rollcall\r\n\r\n');
  await wire.receive(/^HTTP\/1\.1 200 .*"live"/s);
  return wire;
}

async function refusesConnections(service: RollcallProcess): Promise<void> {
  for (;;) {
    try {
      (await Wire.to(service)).end();
    } catch (error) {
      // Connections that were not accepted yet when the service stopped are reset.
      expect(error).to.have.property('code').that.is.oneOf(['ECONNREFUSED', 'ECONNRESET']);
      if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED') return;
    }
  }
}

describe('shutdown', function () {
  this.timeout(60_000);
  let services: RollcallProcess[];
  let hasty: RollcallProcess;

  const oneService = (): RollcallProcess => {
    const service = services.pop();
    if (service === undefined) throw new Error('start more in before()');
    return service;
  };

  before(async () => {
    const start = (timeoutMs: string) =>
      startRollcall({ env: { STORE: 'memory', SHUTDOWN_TIMEOUT_MS: timeoutMs } });
    const patient = Array.from({ length: 4 }, () => start('6000'));
    [hasty, ...services] = (await Promise.all([start('200'), ...patient])) as [RollcallProcess];
  });
  after(endProcesses);

  it('completes requests in flight and accepts no new ones', async () => {
    const service = oneService();
    const [inFlight, idle] = await Promise.all([halfSent(service), keptAlive(service)]);
    service.signal('SIGTERM');
    await service.line(STOPPING);
    await refusesConnections(service);
    await idle.closed;
    inFlight.send(BODY.slice(10));
    await inFlight.receive(/HTTP\/1\.1 201 .*"username":"ann"/s);
    expect(await service.exit()).to.equal(0);
    expect(service.lines.slice(4)).to.have.length(2);
    expect(service.lines.at(-1)).to.equal('rollcall stopped');
    expect(service.stderr).to.equal('');
  });

  it('treats two simultaneous SIGINTs as one', async () => {
    const service = oneService();
    const inFlight = await halfSent(service);
    service.signal('SIGINT');
    service.signal('SIGINT');
    await service.line(STOPPING);
    service.signal('SIGINT');
    inFlight.send(BODY.slice(10));
    await inFlight.receive(/HTTP\/1\.1 201 /);
    expect(await service.exit()).to.equal(0);
    expect(service.lines.at(-1)).to.equal('rollcall stopped');
  });

  it('ends at once on a second signal more than a second later', async () => {
    const service = oneService();
    const inFlight = await halfSent(service);
    service.signal('SIGINT');
    await service.line(STOPPING);
    await sleep(IMPATIENT_AFTER_MS + 50);
    service.signal('SIGTERM');
    expect(await service.exit()).to.equal(1);
    await inFlight.closed;
    expect(inFlight.received).not.to.include('201');
    expect(service.lines.at(-1)).to.match(STOPPING);
  });

  it('does not wait for a connection that never sent anything', async () => {
    const service = oneService();
    const silent = await Wire.to(service);
    // The service accepts in order: once this one is answered, the silent one is connected too.
    await keptAlive(service);
    service.signal('SIGTERM');
    expect(await service.exit()).to.equal(0);
    await silent.closed;
  });

  it('aborts requests after SHUTDOWN_TIMEOUT_MS', async () => {
    const inFlight = await halfSent(hasty);
    hasty.signal('SIGTERM');
    expect(await hasty.exit()).to.equal(1);
    await inFlight.closed;
    expect(inFlight.received).not.to.match(/HTTP\/1\.1 [^1]/);
    expect(hasty.lines.at(-1)).to.match(/^rollcall stopped.*SHUTDOWN_TIMEOUT_MS/);
  });
});
