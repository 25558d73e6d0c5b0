import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { sourceFiles } from './source-files.ts';
import type { Violation } from './violation.ts';

const options = await extractDepcruiseOptions(
  fileURLToPath(new URL('../../.dependency-cruiser.mjs', import.meta.url)),
);

export interface Cruise {
  readonly violations: readonly Violation[];
  /** Paths of the modules that dependency-cruiser read, relative to the root. */
  readonly modules: readonly string[];
  readonly importCount: number;
  /** Paths of the importing and the imported module, relative to the root. */
  readonly imports: readonly { readonly from: string; readonly to: string }[];
}

export const importRules: readonly string[] = (options.ruleSet?.forbidden ?? []).map(
  (rule) => rule.name ?? 'unnamed',
);

/** Applies the import rules of `.dependency-cruiser.mjs` to `<root>/src`. */
export async function cruiseTree(root: string): Promise<Cruise> {
  const { output } = await cruise(['src'], { ...options, baseDir: root });
  if (typeof output === 'string') throw new Error(`dependency-cruiser returned text: ${output}`);
  return {
    violations: violationsIn(output),
    modules: output.modules.map((module) => module.source),
    importCount: output.summary.totalDependenciesCruised ?? 0,
    imports: output.modules.flatMap(({ source, dependencies }) =>
      dependencies.map(({ resolved }) => ({ from: source, to: resolved })),
    ),
  };
}

/** `to` is the imported module; for a cycle, the path back to `from`; for a count, the files that import `from`. */
function violationsIn({ modules, summary }: ICruiseResult): Violation[] {
  return summary.violations.map(({ type, rule, from, to, cycle }) => {
    const dependents = modules.find(({ source }) => type === 'module' && source === from)?.dependents;
    const reached = cycle?.map(({ name }) => name).join(' → ') ?? dependents?.join(', ') ?? to;
    return { rule: rule.name, from, to: reached };
  });
}

/**
 * The reasons why the result is incomplete. dependency-cruiser silently skips all .ts files if it does not support the
 * installed version of TypeScript.
 */
export function cruiseGaps(root: string, { modules, importCount }: Cruise): string[] {
  const files = sourceFiles(root).filter((file) => /\.[cm]?tsx?$/.test(file));
  if (files.length === 0) return ['src has no TypeScript file'];
  const seen = new Set(modules);
  const missed = files.filter((file) => !seen.has(file)).map((file) => `${file} was not read`);
  return importCount === 0 ? [...missed, 'no import was found'] : missed;
}
