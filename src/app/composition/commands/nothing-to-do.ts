import type { Finding } from '../../../ports/diagnosis.ts';
import type { Config } from '../config/config.ts';

export function nothingToDo({ store, cache }: Config, task: 'provision' | 'migrate'): Finding {
  return { level: 'ok', what: `nothing to ${task} with STORE=${store.kind} and CACHE=${cache.kind}` };
}
