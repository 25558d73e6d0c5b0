import type { Block } from './markdown.ts';

/** Blocks that need a server; `blocks-on-servers.services.ts` runs them. A block is named by document and first line. */
export const ON_SERVERS = [
  'docs/stores/sqlite.md: npm run -s rollcall -- backup copy.db',
  "docs/stores/postgres.md: psql postgres <<'SQL'",
  'docs/stores/postgres.md: export STORE=postgres CACHE=none',
  'docs/stores/dynamodb.md: export STORE=dynamodb CACHE=none AWS_REGION=eu-central-1 TABLE_NAME=rollcall',
  'docs/stores/dynamodb.md: export DYNAMODB_ENDPOINT=http://127.0.0.1:8000 AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any',
  'docs/stores/dynamodb.md: npm run -s rollcall -- migrate',
  'docs/caches/redis.md: CACHE=redis REDIS_URL=redis://127.0.0.1:6379 npm start',
  'docs/caches/momento.md: export CACHE=momento MOMENTO_LOCAL=127.0.0.1:8080',
] as const;

/** Blocks that no test runs, and why. */
export const NOT_RUN: Readonly<Record<string, string>> = {
  'README.md: npm ci && npm start': '.ci/run and .ci/npm-start run both commands on a clean checkout',
  'README.md: npm ci && npm test': '.ci/run runs both commands on a clean checkout',
  'README.md: npm pack --pack-destination /tmp': 'it installs from the registry; .ci/npm-pack does the same',
  'CONTRIBUTING.md: npm ci':
    'installs from the registry; .ci/run runs each command except npm run dev, which never ends',
  'docs/operations.md: node node_modules/rollcall/dist/app/composition/main.js serve':
    'needs an installed package; .ci/npm-pack runs it',
  'docs/stores/dynamodb.md: cargo install dynoxide-rs --version 3.2.0 --locked --no-default-features \\':
    'minutes of compiling; .ci/run installs the same, test/support/dynoxide.ts starts it the same way',
  'docs/caches/momento.md: export CACHE=momento CACHE_NAME=rollcall MOMENTO_API_KEY=… MOMENTO_ENDPOINT=cell-1-eu-central-1-1.prod.a.momentohq.com':
    'needs an account at Momento; the block with MOMENTO_LOCAL runs on a double',
};

/** On a service with default settings, on servers, or not at all. */
export type Kind = 'embedded' | 'on a server' | 'not run';

/** Every command of an embedded block is one of these. */
const EMBEDDED = /^(curl |npm run -s rollcall -- |([A-Z_]+=('[^']*'|[a-z]+) )?npm start$|[A-Z_]+=')/;

export function nameOf({ document, text }: Block): string {
  return `${document}: ${text.split('\n')[0]}`;
}

/** `undefined` = no test knows the block. */
export function kindOf(block: Block): Kind | undefined {
  const name = nameOf(block);
  if (ON_SERVERS.some((one) => one === name)) return 'on a server';
  if (Object.hasOwn(NOT_RUN, name)) return 'not run';
  return commandsIn(block.text).every((command) => EMBEDDED.test(command)) ? 'embedded' : undefined;
}

/** The lines that begin a command: enough to see what a block needs. */
function commandsIn(text: string): readonly string[] {
  return text
    .replace(/\\\n/g, ' ')
    .replace(/'[^']*'/g, (quoted) => quoted.replaceAll('\n', ' '))
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
}
