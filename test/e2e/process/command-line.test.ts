import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { expect } from 'chai';
import { endProcesses, RollcallProcess } from '../../support/rollcall-process.ts';

const STACK = /^\s+at /m;

describe('the command line', function () {
  this.timeout(60_000);
  const otherServer = createServer();
  let help: RollcallProcess;
  let version: RollcallProcess;
  let unknownCommand: RollcallProcess;
  let unknownOption: RollcallProcess;
  let portInUse: RollcallProcess;
  let port: number;

  before(async () => {
    await once(otherServer.listen(0, '127.0.0.1'), 'listening');
    port = (otherServer.address() as AddressInfo).port;
    help = new RollcallProcess({ args: ['--help'] });
    version = new RollcallProcess({ args: ['--version'] });
    unknownCommand = new RollcallProcess({ args: ['serf'], env: { STORE: 'memory', PORT: '0' } });
    unknownOption = new RollcallProcess({ args: ['serve', '--port=1'], env: { STORE: 'memory', PORT: '0' } });
    portInUse = new RollcallProcess({ env: { STORE: 'memory', PORT: String(port) } });
    await Promise.all([help, version, unknownCommand, unknownOption, portInUse].map((one) => one.exit()));
  });
  after(async () => {
    otherServer.close();
    await endProcesses();
  });

  it('prints its help', async () => {
    expect(await help.exit()).to.equal(0);
    expect(help.stdout)
      .to.match(/^Usage: rollcall /)
      .and.to.match(/^ {2}serve /m);
    expect(help.stderr).to.equal('');
  });

  it('prints its version', async () => {
    const { version: expected }: { version: string } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(await version.exit()).to.equal(0);
    expect(version.stdout).to.equal(`${expected}\n`);
    expect(version.stderr).to.equal('');
  });

  it('rejects an unknown command and refers to the help', async () => {
    expect(await unknownCommand.exit()).to.equal(2);
    expect(unknownCommand.stderr)
      .to.match(/^error: unknown command "serf"; expected: one of serve, doctor/)
      .and.to.include('rollcall --help');
    expect(unknownCommand.stderr).not.to.match(STACK);
    expect(unknownCommand.stdout).to.equal('');
  });

  it('rejects an unknown option and refers to the help', async () => {
    expect(await unknownOption.exit()).to.equal(2);
    expect(unknownOption.stderr)
      .to.match(/^error: .*--port/)
      .and.to.include('rollcall --help');
    expect(unknownOption.stderr).not.to.match(STACK);
    expect(unknownOption.stdout).to.equal('');
  });

  it('fails with one line if the port is in use', async () => {
    expect(await portInUse.exit()).to.equal(1);
    expect(portInUse.stderr).to.match(
      new RegExp(`^rollcall: port ${port} on 127\\.0\\.0\\.1 is already in use; set PORT to .*\\n$`),
    );
    expect(portInUse.stdout).to.equal('');
  });
});
