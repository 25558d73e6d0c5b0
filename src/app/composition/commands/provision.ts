import type { Finding } from '../../../ports/diagnosis.ts';
import type { Config } from '../config/config.ts';
import { createContainer } from '../container.ts';
import { TOKENS } from '../tokens.ts';
import { nothingToDo } from './nothing-to-do.ts';

/** DynamoDB needs half a minute for an empty table, and minutes to change one that holds many items. */
const PROVISION_MS = 300_000;

/** `rollcall provision`: creates what the configured store and cache need and do not have. */
export async function provision(config: Config): Promise<readonly Finding[]> {
  const container = await createContainer(config);
  try {
    const deadline = container.get(TOKENS.clock).monotonic() + PROVISION_MS;
    const adapters = await container.getAllAsync(TOKENS.provisionable);
    if (adapters.length === 0) return [nothingToDo(config, 'provision')];
    const findings: Finding[] = [];
    for (const adapter of adapters) findings.push(...(await adapter.provision(deadline)));
    if (findings.every(({ level }) => level !== 'problem') && hasNetworkedStore(config)) {
      findings.push(...(await (await container.getAsync(TOKENS.cacheEpochs)).provision()));
    }
    return findings;
  } finally {
    await container.unbindAllAsync();
  }
}

function hasNetworkedStore({ store }: Config): boolean {
  return store.kind === 'postgres' || store.kind === 'dynamodb';
}
