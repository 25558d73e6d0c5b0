import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundledMain } from './bundled-main.ts';

const TSX = import.meta.resolve('tsx/esm');
const READY = /^rollcall listening on (http:\/\/\S+)$/;

/** Much longer than any operation takes, so only a hang reaches it. */
const LIMIT_MS = 30_000;

const processes = new Set<RollcallProcess>();
const folders = new Set<string>();

export interface Launch {
  /** The whole environment of the process, apart from PATH. */
  readonly env?: Readonly<Record<string, string>>;
  /** The working directory; by default a new, empty one. */
  readonly folder?: string;
  readonly args?: readonly string[];
  /** A TypeScript program to run instead of the service. */
  readonly main?: string;
}

/** How a process ended: its exit code, or the signal that killed it. */
export type Exit = number | NodeJS.Signals;

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** The program as a separate process with a clean environment. Requires `endProcesses` in an `after` hook. */
export class RollcallProcess {
  readonly folder: string;
  /** Settles when the process has ended and all its output has been read. */
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
    processes.add(this);
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

  /** The complete lines of standard output so far. */
  get lines(): readonly string[] {
    return this.#stdout.split('\n').slice(0, -1);
  }

  /** The URL of the service, once it has been printed. */
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
    return withTimeout(written, () => `no line ${pattern} among: ${this.stdout}${this.stderr}`);
  }

  /** Waits until the process has ended. */
  exit(): Promise<Exit> {
    return withTimeout(this.ended, () => `still running: ${this.stdout}${this.stderr}`);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Kills the process like `kill -9`, and waits until it has ended. */
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

  createOrganization(creator: string, organizationName: string): Promise<Answer> {
    return this.call('POST', '/organizations', { as: creator, body: { organizationName } });
  }

  addMember(owner: string, organization: string, memberUsername: string): Promise<Answer> {
    const body = { memberUsername, role: 'Member' };
    return this.call('POST', `/organizations/${organization}/members`, { as: owner, body });
  }
}

/** Starts the service on a free port and waits until it listens. */
export async function startRollcall({ env, ...launch }: Launch = {}): Promise<RollcallProcess> {
  const service = new RollcallProcess({ ...launch, env: { PORT: '0', ...env } });
  await service.url();
  return service;
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-process-'));
  folders.add(folder);
  return folder;
}

/** Kills all remaining processes and removes the folders. */
export async function endProcesses(): Promise<void> {
  await Promise.all([...processes].map((one) => one.kill()));
  processes.clear();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders.clear();
}

process.once('exit', () => {
  for (const one of processes) one.signal('SIGKILL');
});

async function withTimeout<T>(awaited: Promise<T>, otherwise: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`After ${LIMIT_MS} ms ${otherwise()}`)), LIMIT_MS);
  });
  return Promise.race([awaited, late]).finally(() => clearTimeout(timer));
}
