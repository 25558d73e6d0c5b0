import { existsSync } from 'node:fs';
import type { Deadline } from '../../../../ports/clock.ts';
import { reasonOf, StoreUnavailable } from '../../../../ports/errors.ts';
import type { MetaAnswer, MetaStore } from '../../../../ports/meta-store.ts';
import { isBusy } from '../driver/result-code.ts';
import type { SqliteDatabase, SqliteDriver } from '../driver/sqlite-driver.ts';
import { reachableDatabasePath } from '../files/database-path.ts';
import { checkFiles, companionFiles } from '../files/prepare-files.ts';
import { SqliteFileLock, StoreInUse } from '../files/sqlite-file-lock.ts';
import { UnusableFile } from '../files/unusable-file.ts';
import { type Backoff, retryWhile } from '../retry.ts';
import { type MetaRow, metaFrom } from '../rows.ts';
import { checkSchemaVersion } from '../schema.ts';
import { SERVER } from '../sqlite-user-store.ts';
import { SELECT_META } from '../statements.ts';

const OPEN_TIMEOUT_MS = 1000;

interface InspectionOptions extends Backoff {
  readonly driver: SqliteDriver;
  readonly path: string;
}

/** How another process uses the store. */
export type Use =
  | { readonly kind: 'unused' }
  | { readonly kind: 'shared' }
  | { readonly kind: 'exclusive'; readonly pid: number | undefined };

/** The database opened for reading only, whether a server uses it or not. Changes nothing, and blocks nobody. */
export class SqliteInspection implements Pick<MetaStore, 'readMeta' | 'exclusive'> {
  readonly driver: SqliteDriver;
  /** The real path. */
  readonly path: string;
  readonly schemaVersion: number;
  readonly use: Use;
  readonly #db: SqliteDatabase;
  readonly #backoff: Backoff;

  /** @throws {UnusableFile | SchemaTooNew} and whatever SQLite says of the file */
  static async open({ driver, path, ...backoff }: InspectionOptions): Promise<SqliteInspection> {
    const real = reachableDatabasePath(path);
    if (!existsSync(real))
      throw new UnusableFile(`${real} does not exist. Set SQLITE_PATH to an existing database`);
    checkFiles(real);
    const use = await currentUse(companionFiles(real).lock, driver, backoff);
    const db = driver.open(real, { readOnly: true });
    try {
      const deadline = backoff.clock.monotonic() + OPEN_TIMEOUT_MS;
      const version = await retryWhile(isBusy, backoff, deadline, () => checkSchemaVersion(db));
      return new SqliteInspection({ driver, path: real, version, use, db, backoff });
    } catch (error) {
      db.close();
      throw error;
    }
  }

  private constructor(parts: {
    driver: SqliteDriver;
    path: string;
    version: number;
    use: Use;
    db: SqliteDatabase;
    backoff: Backoff;
  }) {
    this.driver = parts.driver;
    this.path = parts.path;
    this.schemaVersion = parts.version;
    this.use = parts.use;
    this.#db = parts.db;
    this.#backoff = parts.backoff;
  }

  /** Whether no process had the store open when the inspection began. */
  get exclusive(): boolean {
    return this.use.kind === 'unused';
  }

  async readMeta(deadline: Deadline): Promise<MetaAnswer> {
    if (this.schemaVersion === 0) return { meta: undefined, answeredBy: SERVER };
    try {
      const [row] = await retryWhile(isBusy, this.#backoff, deadline, () =>
        this.#db.prepare(SELECT_META).all(),
      );
      return { meta: row === undefined ? undefined : metaFrom(row as MetaRow), answeredBy: SERVER };
    } catch (cause) {
      throw new StoreUnavailable(`SQLite cannot read the file: ${reasonOf(cause)}.`, { cause });
    }
  }

  /** The size of the database, without unused pages. */
  bytes(): number {
    const pragma = (name: string): number => {
      const row = this.#db.prepare(`PRAGMA ${name}`).get() as Readonly<Record<string, number>>;
      return row[name] ?? 0;
    };
    return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
  }

  close(): void {
    this.#db.close();
  }
}

/** Takes the lock for a moment, where there is a lock file. */
async function currentUse(path: string, driver: SqliteDriver, backoff: Backoff): Promise<Use> {
  if (!existsSync(path)) return { kind: 'unused' };
  try {
    const lock = await SqliteFileLock.open(path, driver, backoff, 0);
    const kind = lock.isExclusive ? 'unused' : 'shared';
    lock.release();
    return { kind };
  } catch (error) {
    if (error instanceof StoreInUse) return { kind: 'exclusive', pid: error.pid };
    throw error;
  }
}
