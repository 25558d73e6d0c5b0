import type { Finding } from '../../ports/diagnosis.ts';
import type { Progress } from '../../ports/maintenance.ts';
import type { Config } from './config.ts';
import { createContainer } from './container.ts';
import { TOKENS } from './tokens.ts';

/** Amazon takes half a minute for a table, and a few for one with much in it. */
const PROVISION_MS = 300_000;

/** `rollcall provision`: sets up what is behind the adapters. */
export async function provision(config: Config): Promise<readonly Finding[]> {
  const container = await createContainer(config);
  try {
    const deadline = container.get(TOKENS.clock).monotonic() + PROVISION_MS;
    const all = await container.getAllAsync(TOKENS.provisionable);
    if (all.length === 0) return [nothingToDo(config, 'provision')];
    const findings: Finding[] = [];
    for (const one of all) findings.push(...(await one.provision(deadline)));
    return findings;
  } finally {
    await container.unbindAllAsync();
  }
}

/** `rollcall migrate`: completes what earlier versions, or the tutorial, have written into the store. */
export async function migrate(config: Config, progress: Progress): Promise<readonly Finding[]> {
  const container = await createContainer(config);
  try {
    if (!container.isBound(TOKENS.migratable)) return [nothingToDo(config, 'migrate')];
    return await (await container.getAsync(TOKENS.migratable)).migrate(progress);
  } finally {
    await container.unbindAllAsync();
  }
}

function nothingToDo({ store, cache }: Config, task: string): Finding {
  return { level: 'ok', what: `STORE=${store.kind} and CACHE=${cache.kind} have nothing to ${task}` };
}
