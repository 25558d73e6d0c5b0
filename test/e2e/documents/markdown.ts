import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** A fenced block. */
export interface Block {
  /** Path of its document, relative to the root. */
  readonly document: string;
  /** The line of its opening fence, from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** The `json` or `text` block that follows it without another heading: what its last command answers. */
  readonly answer: Block | undefined;
}

export interface Document {
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

const FENCE = /^( *)```(\w*)$/;
const ANSWERS: ReadonlySet<string> = new Set(['json', 'text']);

/** README, CONTRIBUTING and everything in docs. */
export function readDocuments(): readonly Document[] {
  const docs = readdirSync(`${ROOT}docs`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`);
  return ['README.md', 'CONTRIBUTING.md', ...docs.sort()].map((path) => {
    const text = readFileSync(`${ROOT}${path}`, 'utf8');
    return { path, text, blocks: blocksOf(path, text.split('\n')) };
  });
}

function blocksOf(document: string, lines: readonly string[]): readonly Block[] {
  const [at, line] = [lines.findIndex((one) => FENCE.test(one)), lines.find((one) => FENCE.test(one))];
  if (line === undefined) return [];
  return blocksFrom(document, lines, at);
}

/** @param from the index of an opening fence */
function blocksFrom(document: string, lines: readonly string[], from: number): readonly Block[] {
  const [, indent = '', language = ''] = FENCE.exec(lines[from] ?? '') ?? [];
  const to = lines.findIndex((line, i) => i > from && line === `${indent}\`\`\``);
  if (to < 0) throw new Error(`${document}:${from + 1}: the block never ends`);
  const next = lines.findIndex((line, i) => i > to && FENCE.test(line));
  const further = next < 0 ? [] : blocksFrom(document, lines, next);
  const hasHeading = lines.slice(to, next < 0 ? to : next).some((line) => line.startsWith('#'));
  const [following] = further;
  const isAnswer = following !== undefined && !hasHeading && ANSWERS.has(following.language);
  const text = lines.slice(from + 1, to).map((line) => line.slice(indent.length));
  const block = {
    document,
    line: from + 1,
    language,
    text: text.join('\n'),
    answer: language === 'sh' && isAnswer ? following : undefined,
  };
  return [block, ...further];
}
