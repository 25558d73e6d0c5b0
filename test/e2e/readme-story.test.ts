import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { expect } from 'chai';
import { type ComposedService, startComposedService } from '../support/composed-service.ts';

interface Command {
  readonly text: string;
  readonly status: number;
}

/** The commands of README's first story, each with the status that stands behind it. */
function storyCommands(): Command[] {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, story = ''] = /## A first story[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme) ?? [];
  const lines = story
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [, text, status] = /^(curl .*?)\s+# (\d{3})$/.exec(line) ?? [];
    if (text === undefined) throw new Error(`README has a command without a status: ${line}`);
    return { text, status: Number(status) };
  });
}

/** Does what curl would do, so that this test needs nothing but Node. */
async function run(command: string, url: string): Promise<Response> {
  const [, ...args] = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(
    ([, quoted, bare]) => quoted ?? bare ?? '',
  );
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      include: { type: 'boolean', short: 'i' },
      header: { type: 'string', short: 'H', multiple: true, default: [] },
      data: { type: 'string', short: 'd' },
      request: { type: 'string', short: 'X' },
    },
  });
  return fetch(String(positionals[0]).replace('localhost:3000', url), {
    method: values.request ?? (values.data === undefined ? 'GET' : 'POST'),
    headers: values.header.map((header) => header.split(': ', 2) as [string, string]),
    ...(values.data === undefined ? {} : { body: values.data }),
  });
}

describe('the story in README', () => {
  let service: ComposedService;
  before(async () => {
    service = await startComposedService();
  });
  after(() => service.close());

  const commands = storyCommands();
  it('has commands', () => expect(commands).to.have.length.above(8));

  for (const { text, status } of commands) {
    it(`answers ${status} to ${text.replace(/\s+/g, ' ')}`, async () => {
      const response = await run(text, service.url);
      expect(response.status, await response.text()).to.equal(status);
    });
  }
});
