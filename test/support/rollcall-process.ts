import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundledMain } from './bundled-main.ts';

const TSX = import.meta.resolve('tsx/esm');
const READY = /^rollcall listening on (http:\/\/\S+)$/;

/** Far more than anything takes: only what hangs gets there. */
const LIMIT_MS = 30_000;

const started = new Set<RollcallProcess>();
const folders = new Set<string>();

export interface Launch {
  /** Besides PATH, all that the process finds in its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Its working directory; a new, empty one where none is given. */
  readonly folder?: string;
  readonly args?: readonly string[];
  /** A TypeScript program to run in place of the service. */
  readonly main?: string;
}

/** How a process ended: its exit code, or the signal that killed it. */
export type Exit = number | NodeJS.Signals;

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** The program in a process of its own, with a clean environment. `endProcesses` must follow. */
export class RollcallProcess {
  readonly folder: string;
  /** Settles when it has ended and everything it wrote was read. */
  readonly ended: Promise<Exit>;
  readonly #child;
  #url: Promise<string> | undefined;
  #stdout = '';
  #stderr = '';

  constructor({ env = {}, folder = temporaryFolder(), args = [], main }: Launch = {}) {
    this.folder = folder;
    const program = main === undefined ? ['--enable-source-maps', bundledMain()] : ['--import', TSX, main];
    this.#child = spawn(process.execPath, [...program, ...args], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (code, signal) => resolve(code ?? signal ?? 'SIGKILL'));
    });
    started.add(this);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** The whole lines that it has written to standard output. */
  get lines(): readonly string[] {
    return this.#stdout.split('\n').slice(0, -1);
  }

  /** Where it listens, once it says so. */
  url(): Promise<string> {
    this.#url ??= this.line(READY).then(([, url = '']) => url);
    return this.#url;
  }

  /** Waits for a line on standard output. */
  line(pattern: RegExp): Promise<RegExpExecArray> {
    const written = new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const found = this.lines.map((line) => pattern.exec(line)).find((match) => match !== null);
        if (found !== undefined) resolve(found);
      };
      this.#child.stdout.on('data', look);
      look();
      this.ended.then(
        (exit) => reject(new Error(`ended (${exit}) before ${pattern}: ${this.stderr}`)),
        reject,
      );
    });
    return inTime(written, () => `no line ${pattern} among: ${this.stdout}${this.stderr}`);
  }

  /** Waits until it has ended by itself or by a signal. */
  exit(): Promise<Exit> {
    return inTime(this.ended, () => `still running: ${this.stdout}${this.stderr}`);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** `kill -9`, and waits until it is gone. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exit();
  }

  async call(
    method: string,
    path: string,
    { as, body }: { as?: string; body?: object } = {},
  ): Promise<Answer> {
    const response = await fetch(new URL(path, await this.url()), {
      method,
      headers: {
        ...(as === undefined ? {} : { Authorization: as }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  createUser(username: string): Promise<Answer> {
    return this.call('POST', '/users', { body: { username, firstName: 'Ann', lastName: 'Archer' } });
  }

  createOrganization(founder: string, organizationName: string): Promise<Answer> {
    return this.call('POST', '/organizations', { as: founder, body: { organizationName } });
  }

  addMember(owner: string, organization: string, memberUsername: string): Promise<Answer> {
    const body = { memberUsername, role: 'Member' };
    return this.call('POST', `/organizations/${organization}/members`, { as: owner, body });
  }
}

/** Starts the service on a free port and waits until it answers. */
export async function serving({ env, ...launch }: Launch = {}): Promise<RollcallProcess> {
  const service = new RollcallProcess({ ...launch, env: { PORT: '0', ...env } });
  await service.url();
  return service;
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-process-'));
  folders.add(folder);
  return folder;
}

/** Kills every process that still runs and removes the folders. */
export async function endProcesses(): Promise<void> {
  await Promise.all([...started].map((one) => one.kill()));
  started.clear();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders.clear();
}

process.once('exit', () => {
  for (const one of started) one.signal('SIGKILL');
});

async function inTime<T>(awaited: Promise<T>, otherwise: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`After ${LIMIT_MS} ms ${otherwise()}`)), LIMIT_MS);
  });
  return Promise.race([awaited, late]).finally(() => clearTimeout(timer));
}
