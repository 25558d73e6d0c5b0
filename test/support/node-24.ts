import { existsSync } from 'node:fs';
import { homedir } from 'node:os';

const PACKAGE = `node-${process.platform}-${process.arch}`;
const FOLDER = `${homedir()}/.cache/rollcall/node-24`;

/** The program of a Node 24, from the npm registry; the running one, where it is newer. */
export function node24(): string {
  if (Number.parseInt(process.versions.node, 10) >= 24) return process.execPath;
  const program = `${FOLDER}/node_modules/${PACKAGE}/bin/node`;
  if (existsSync(program)) return program;
  throw new Error(`Node 24 is missing; install it: npm install --no-save --prefix ${FOLDER} ${PACKAGE}@24`);
}
