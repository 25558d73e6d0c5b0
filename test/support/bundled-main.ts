import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const SOURCE = fileURLToPath(new URL('../../src/app/composition/main.ts', import.meta.url));
/** As deep below the repository as the source, because the program finds `package.json` relative to itself. */
const BUNDLE = fileURLToPath(new URL('../../node_modules/.cache/rollcall/main.js', import.meta.url));

let isBuilt = false;

/** The program in one JavaScript file, which starts in half the time that tsx needs. Built once per process. */
export function bundledMain(): string {
  if (isBuilt) return BUNDLE;
  const { outputFiles } = buildSync({
    entryPoints: [SOURCE],
    outfile: BUNDLE,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    keepNames: true,
    write: false,
  });
  mkdirSync(dirname(BUNDLE), { recursive: true });
  // Other processes of the test run build it too, and may be starting it.
  const temporary = `${BUNDLE}.${process.pid}`;
  for (const { contents } of outputFiles) writeFileSync(temporary, contents);
  renameSync(temporary, BUNDLE);
  isBuilt = true;
  return BUNDLE;
}
