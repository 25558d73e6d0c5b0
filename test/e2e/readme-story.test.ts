import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { expect } from 'chai';
import { newApiKey } from '../../src/adapters/auth/api-keys/api-key.ts';
import { type ComposedService, startComposedService } from '../support/composed-service.ts';

interface Command {
  readonly text: string;
  readonly status: number;
}

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const { key, entry } = newApiKey('support', ['admin']);

/** The commands of README's first story, each with the status that stands behind it. */
function storyCommands(): Command[] {
  const [, story = ''] = /## A first story[\s\S]*?```sh\n([\s\S]*?)```/.exec(README) ?? [];
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

/** What README shows after its story, besides what needs a cursor; where no status stands behind it, 2 = any 2xx. */
function furtherCommands(): Command[] {
  const [, further = ''] = /### Checks\n([\s\S]*?)\n## Configuration/.exec(README) ?? [];
  const blocks = [...further.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  return blocks
    .flatMap((block) => block.replaceAll('\\\n', ' ').match(/^curl [^'\n]*(?:'[^']*'[^'\n]*)*/gm) ?? [])
    .filter((line) => !line.includes('cursor='))
    .map((line) => {
      const [, text = line, status = '2'] = /^(.*?)\s+# (\d{3})$/s.exec(line) ?? [];
      return { text: text.replace('rollcall_…', key), status: Number(status) };
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
    service = await startComposedService({ API_KEYS: entry });
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

  const further = furtherCommands();
  it('is followed by others', () => expect(further).to.have.length(7));

  for (const { text, status } of further) {
    const shown = text.replace(key, '…').replace(/\s+/g, ' ');
    it(`answers ${status === 2 ? 'well' : status} to ${shown}`, async () => {
      const response = await run(text, service.url);
      const body = await response.text();
      if (status === 2) expect(response.ok, body).to.equal(true);
      else expect(response.status, body).to.equal(status);
    });
  }

  it('answers the checks as it says', async () => {
    const [checks] = further;
    const [, answer = ''] = /```json\n(\{"results": .*)\n```/.exec(README) ?? [];
    const response = await run(checks?.text ?? '', service.url);
    expect(await response.json()).to.deep.equal(JSON.parse(answer));
  });
});
