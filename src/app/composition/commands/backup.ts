import type { Finding } from '../../../ports/diagnosis.ts';
import type { Progress } from '../../../ports/maintenance.ts';
import type { Config } from '../config/config.ts';
import { createContainer } from '../container.ts';
import { TOKENS } from '../tokens.ts';

/** `rollcall backup <file>`: copies the store to a file while it is used. */
export async function backUp(config: Config, file: string, progress: Progress): Promise<readonly Finding[]> {
  const container = await createContainer(config);
  try {
    if (!container.isBound(TOKENS.backupSource)) return [elsewhere(config)];
    return await (await container.getAsync(TOKENS.backupSource)).backUp(file, progress);
  } finally {
    await container.unbindAllAsync();
  }
}

function elsewhere({ store: { kind } }: Config): Finding {
  const advice = {
    memory: 'all data is lost when the process ends; set STORE=sqlite to keep it',
    sqlite: '',
    postgres: 'use pg_dump, or continuous archiving, of PostgreSQL',
    dynamodb: 'use point-in-time recovery, or on-demand backups, of DynamoDB',
  }[kind];
  return { level: 'problem', what: `backup: STORE=${kind} cannot be copied to a file`, advice };
}
