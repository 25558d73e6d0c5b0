import { expect } from 'chai';
import {
  endProcesses,
  type RollcallProcess,
  startRollcall,
  temporaryFolder,
} from '../../support/rollcall-process.ts';
import { curl } from './curl.ts';
import type { Block } from './markdown.ts';
import { runBlock } from './shell.ts';
import { comparableJson, patternOf } from './shown-answer.ts';

/** Runs the blocks of one document in their order, on a service with default settings and a data folder of its own. */
export class EmbeddedRun {
  readonly #folder = temporaryFolder();
  /** The values that documents abbreviate with `…`, learnt from the answers so far. */
  readonly #omitted = new Map<string, string>();
  #service: RollcallProcess | undefined;

  /** @throws if a status or an answer differs from the document */
  async run(block: Block): Promise<void> {
    const statuses = statusesIn(block.text);
    let { text } = block;
    for (const [shown, value] of this.#omitted) text = text.replaceAll(shown, value);
    const { curls, stdout, started } = await runBlock(text, this.#folder);
    expect(statuses, 'each curl needs its status in a comment (# 200)').to.have.length(curls.length);
    let answer = stdout;
    for (const [i, args] of curls.entries()) {
      const { status, body } = await curl(args, await this.#url());
      expect(status, `${args.join(' ')}: ${body}`).to.equal(statuses[i]);
      answer = body;
    }
    if (started !== undefined) await this.#restart(started);
    if (block.answer !== undefined) this.#compare(answer, block.answer);
    this.#learn(answer);
  }

  async close(): Promise<void> {
    await endProcesses();
  }

  async #url(): Promise<string> {
    this.#service ??= await startRollcall({ folder: this.#folder });
    return this.#service.url();
  }

  async #restart(env: Readonly<Record<string, string>>): Promise<void> {
    this.#service?.signal('SIGTERM');
    await this.#service?.exit();
    this.#service = await startRollcall({ folder: this.#folder, env });
    expect(await this.#service.call('GET', '/health/ready')).to.include({ status: 200 });
  }

  #compare(answer: string, shown: Block): void {
    const place = `${shown.document}:${shown.line}`;
    if (shown.language === 'json') {
      const parsed = JSON.parse(shown.text);
      expect(comparableJson(answer, parsed), place).to.equal(comparableJson(shown.text, parsed));
    } else {
      expect(answer.trim(), place).to.match(patternOf(shown.text));
    }
  }

  #learn(answer: string): void {
    const [, key] = /^key +(\S+)$/m.exec(answer) ?? [];
    const [, entry, name] = /^API_KEYS +((\S+:)\S+)$/m.exec(answer) ?? [];
    const [, cursor] = /"nextCursor":"([^"]+)"/.exec(answer) ?? [];
    if (key !== undefined) this.#omitted.set("'rollcall_…'", `'${key}'`);
    if (entry !== undefined) this.#omitted.set(`'${name}…'`, `'${entry}'`);
    if (cursor !== undefined) this.#omitted.set("CURSOR='…'", `CURSOR='${cursor}'`);
  }
}

/** The status in the comment after each `curl`. */
function statusesIn(text: string): readonly number[] {
  return [...text.matchAll(/ # (\d{3})$/gm)].map(([, status]) => Number(status));
}
