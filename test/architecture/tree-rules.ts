import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceFiles } from './source-files.ts';
import type { Violation } from './violation.ts';

const rooms = [
  /^src\/(domain|ports)\/./,
  /^src\/app\/(account-service\.ts$|(accounts|freshness|operations|composition)\/.)/,
  /^src\/adapters\/(stores|caches|auth|telemetry)\/[^/]+\/./,
  /^src\/adapters\/(system|cli|lambda)\/./,
  /^src\/adapters\/http\/([^/]+$|(request|routes|response)\/.)/,
];
export const KNOWN_ROOMS =
  'domain, ports, app/(accounts|freshness|operations|composition), adapters/(stores|caches|auth|telemetry)/<name>, adapters/(system|cli|lambda), adapters/http/(request|routes|response)';
const composition = /^src\/app\/composition\//;
const environmentFile = /^src\/app\/composition\/config\/environment\.ts$/;
const junkDrawer = /^(utils?|common|shared|helpers?|misc)$/;
const kebabFolder = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const kebabFile = /^[a-z][a-z0-9]*(-[a-z0-9]+)*(\.[a-z0-9]+)+$/;

const environmentRead =
  /\bprocess\s*(\?\.|\.|(\?\.)?\[\s*['"`])\s*env\b|\benv\b[^{}]*\}\s*(=\s*process\b|from\s*['"](node:)?process['"])/;
// Not preceded by a slash or a dot, so that a host name such as https://console.example is no call.
const consoleCall = /(?<![\w./-])(globalThis\.)?console\s*(\?\.|\.|\[)/;
const containerLookup = /container\s*(\?\.|!?\.)\s*get|\.\s*getAsync\s*[(<]/i;

export const treeRules = [
  'known-room',
  'no-junk-drawer',
  'kebab-case',
  'no-console',
  'container-only-in-composition',
  'environment-in-one-file',
] as const;

/** The rules that are not about imports: where files are, what they are called, what their code says. */
export function treeViolations(root: string): Violation[] {
  const files = sourceFiles(root);
  const sources = files
    .filter((file) => /\.[cm]?[jt]sx?$/.test(file))
    .map((file) => ({ file, code: withoutComments(readFileSync(join(root, file), 'utf8')) }));
  return [
    ...files.flatMap(nameViolations),
    ...sources.flatMap(({ file, code }) => codeViolations(file, code)),
    ...environmentViolations(
      sources.filter(({ code }) => environmentRead.test(code)).map(({ file }) => file),
    ),
  ];
}

function nameViolations(from: string): Violation[] {
  const folders = from.split('/').slice(1);
  const name = folders.pop() ?? '';
  const junk = [...folders, name.replace(/\..*$/, '')].filter((part) => junkDrawer.test(part));
  const misnamed = [...folders.filter((f) => !kebabFolder.test(f)), ...(kebabFile.test(name) ? [] : [name])];
  return [
    ...(rooms.some((room) => room.test(from)) ? [] : [{ rule: 'known-room', from, to: KNOWN_ROOMS }]),
    ...junk.map((to) => ({ rule: 'no-junk-drawer', from, to })),
    ...misnamed.map((to) => ({ rule: 'kebab-case', from, to })),
  ];
}

function codeViolations(from: string, code: string): Violation[] {
  const said = consoleCall.exec(code);
  const looked = composition.test(from) ? null : containerLookup.exec(code);
  return [
    ...(said ? [{ rule: 'no-console', from, to: said[0] }] : []),
    ...(looked ? [{ rule: 'container-only-in-composition', from, to: looked[0] }] : []),
  ];
}

function environmentViolations(readers: readonly string[]): Violation[] {
  const [keeper] = readers.filter((file) => environmentFile.test(file));
  return readers
    .filter((file) => file !== keeper)
    .map((from) => ({ rule: 'environment-in-one-file', from, to: 'process.env' }));
}

/** Comments may name what code may not do. Strings are matched too, so that `//` inside one starts no comment. */
function withoutComments(text: string): string {
  const stringOrComment =
    /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;
  return text.replace(stringOrComment, (_match, string: string | undefined) => string ?? ' ');
}
