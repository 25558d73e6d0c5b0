import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceFiles } from './source-files.ts';
import type { Violation } from './violation.ts';

const knownFolders = [
  /^src\/(domain|ports)\/./,
  /^src\/app\/(account-service\.ts$|(accounts|freshness|operations|composition)\/.)/,
  /^src\/adapters\/(stores|caches|auth|telemetry)\/[^/]+\/./,
  /^src\/adapters\/(system|cli|lambda)\/./,
  /^src\/adapters\/http\/([^/]+$|(request|routes|response)\/.)/,
];
export const KNOWN_FOLDERS =
  'domain, ports, app/(accounts|freshness|operations|composition), adapters/(stores|caches|auth|telemetry)/<name>, adapters/(system|cli|lambda), adapters/http/(request|routes|response)';
const composition = /^src\/app\/composition\//;
const environmentFile = /^src\/app\/composition\/config\/environment\.ts$/;
const catchAllName = /^(utils?|common|shared|helpers?|misc)$/;
const kebabFolder = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const kebabFile = /^[a-z][a-z0-9]*(-[a-z0-9]+)*(\.[a-z0-9]+)+$/;

const environmentRead =
  /\bprocess\s*(\?\.|\.|(\?\.)?\[\s*['"`])\s*env\b|\benv\b[^{}]*\}\s*(=\s*process\b|from\s*['"](node:)?process['"])/;
// Not preceded by a slash or a dot: a host name such as https://console.example is not a call.
const consoleCall = /(?<![\w./-])(globalThis\.)?console\s*(\?\.|\.|\[)/;
const containerLookup = /container\s*(\?\.|!?\.)\s*get|\.\s*getAsync\s*[(<]/i;

export const treeRules = [
  'known-folder',
  'no-catch-all-name',
  'kebab-case',
  'no-console',
  'container-only-in-composition',
  'environment-in-one-file',
] as const;

/** The rules that do not concern imports: folders, file names and code. */
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
  const catchAllNames = [...folders, name.replace(/\..*$/, '')].filter((part) => catchAllName.test(part));
  const misnamed = [...folders.filter((f) => !kebabFolder.test(f)), ...(kebabFile.test(name) ? [] : [name])];
  return [
    ...(knownFolders.some((room) => room.test(from))
      ? []
      : [{ rule: 'known-folder', from, to: KNOWN_FOLDERS }]),
    ...catchAllNames.map((to) => ({ rule: 'no-catch-all-name', from, to })),
    ...misnamed.map((to) => ({ rule: 'kebab-case', from, to })),
  ];
}

function codeViolations(from: string, code: string): Violation[] {
  const call = consoleCall.exec(code);
  const lookup = composition.test(from) ? null : containerLookup.exec(code);
  return [
    ...(call ? [{ rule: 'no-console', from, to: call[0] }] : []),
    ...(lookup ? [{ rule: 'container-only-in-composition', from, to: lookup[0] }] : []),
  ];
}

function environmentViolations(readers: readonly string[]): Violation[] {
  const [allowedFile] = readers.filter((file) => environmentFile.test(file));
  return readers
    .filter((file) => file !== allowedFile)
    .map((from) => ({ rule: 'environment-in-one-file', from, to: 'process.env' }));
}

/** Comments may mention forbidden code. Strings are matched as well, because `//` in a string does not start a comment. */
function withoutComments(text: string): string {
  const stringOrComment =
    /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;
  return text.replace(stringOrComment, (_match, string: string | undefined) => string ?? ' ');
}
