import { existsSync, statSync } from 'node:fs';
import type { Diagnosable, Finding } from '../../../../ports/diagnosis.ts';
import { walResetWarning } from '../driver/wal-reset-defect.ts';
import { companionFiles } from '../files/prepare-files.ts';
import { SCHEMA_VERSION } from '../schema.ts';
import type { SqliteInspection } from './sqlite-inspection.ts';

const OTHERS_MAY_READ = 0o004;

/** Checks the SQLite version, the schema version and the permissions, and reports which processes use the file. */
export class SqliteDiagnosis implements Diagnosable {
  readonly #inspection: SqliteInspection;

  constructor(inspection: SqliteInspection) {
    this.#inspection = inspection;
  }

  async diagnose(): Promise<readonly Finding[]> {
    const { driver, path, schemaVersion, use } = this.#inspection;
    const warning = walResetWarning(driver);
    return [
      warning === undefined
        ? { level: 'ok', what: `sqlite: SQLite ${driver.version} (${driver.name})` }
        : { level: 'warning', what: `sqlite: ${warning.what}`, advice: warning.advice },
      schemaFinding(schemaVersion),
      ...useFinding(use),
      ...permissionFindings(path),
    ];
  }
}

function schemaFinding(version: number): Finding {
  const what = `sqlite: schema version ${version}`;
  if (version === SCHEMA_VERSION) return { level: 'ok', what };
  return { level: 'ok', what: `${what}; the next start migrates it to version ${SCHEMA_VERSION}` };
}

function useFinding(use: SqliteInspection['use']): Finding[] {
  if (use.kind === 'unused') return [];
  if (use.kind === 'shared')
    return [{ level: 'ok', what: 'sqlite: other processes have the file open in shared mode' }];
  const pid = use.pid === undefined ? '' : ` (pid ${use.pid})`;
  return [
    {
      level: 'ok',
      what: `sqlite: another process${pid} has the file open exclusively; the check was read-only`,
      advice: 'query /health/ready of that process for its state, including its cache',
    },
  ];
}

function permissionFindings(path: string): Finding[] {
  const readable = [path, ...companionFiles(path).log].filter(
    (file) => existsSync(file) && (statSync(file).mode & OTHERS_MAY_READ) !== 0,
  );
  if (readable.length === 0) return [];
  return [
    {
      level: 'warning',
      what: `sqlite: every user of this machine can read ${readable.join(', ')}, including names and e-mail addresses`,
      advice: `chmod 600 ${readable.map((file) => JSON.stringify(file)).join(' ')}`,
    },
  ];
}
