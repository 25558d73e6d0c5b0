import { ContainerModule, type ServiceIdentifier } from 'inversify';
import { SqliteBackup } from '../../../../adapters/stores/sqlite/backup/sqlite-backup.ts';
import { chooseDriver } from '../../../../adapters/stores/sqlite/driver/choose-driver.ts';
import type { SqliteDriver } from '../../../../adapters/stores/sqlite/driver/sqlite-driver.ts';
import { walResetWarning } from '../../../../adapters/stores/sqlite/driver/wal-reset-defect.ts';
import { StoreInUse } from '../../../../adapters/stores/sqlite/files/sqlite-file-lock.ts';
import { SqliteDiagnosis } from '../../../../adapters/stores/sqlite/inspection/sqlite-diagnosis.ts';
import { SqliteInspection } from '../../../../adapters/stores/sqlite/inspection/sqlite-inspection.ts';
import { SqliteUserStore } from '../../../../adapters/stores/sqlite/sqlite-user-store.ts';
import { reasonOf } from '../../../../ports/errors.ts';
import { InvalidConfiguration, StoreLocked } from '../../config/invalid-configuration.ts';
import { TOKENS } from '../../tokens.ts';

const DRIVER: ServiceIdentifier<SqliteDriver> = Symbol('SqliteDriver');
const SQLITE: ServiceIdentifier<SqliteUserStore> = Symbol('SqliteUserStore');
const INSPECTION: ServiceIdentifier<SqliteInspection> = Symbol('SqliteInspection');

interface SqliteModuleOptions {
  readonly path: string;
  readonly tombstoneTtlMs: number;
  /** Whether several processes may use the file. */
  readonly isShared: boolean;
}

export function sqliteStoreModule({ path, tombstoneTtlMs, isShared }: SqliteModuleOptions): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(DRIVER)
      .toResolvedValue(() => chooseDriver(), [])
      .inSingletonScope();
    bind(SQLITE)
      .toResolvedValue(
        (driver, clock, ids) =>
          orRefused(path, SqliteUserStore.open({ path, driver, clock, ids, tombstoneTtlMs })),
        [DRIVER, TOKENS.clock, TOKENS.ids],
      )
      .inSingletonScope()
      .onDeactivation((store) => store.close());
    bind(TOKENS.store).toService(SQLITE);
    bind(TOKENS.externalCommits).toService(SQLITE);
    bind(TOKENS.selfChecking).toService(SQLITE);
    bind(TOKENS.startWarnings)
      .toResolvedValue(
        (driver) => {
          const warning = isShared ? walResetWarning(driver) : undefined;
          return warning === undefined ? [] : [`WARNING: ${warning.what}; ${warning.advice}`];
        },
        [DRIVER],
      )
      .inSingletonScope();

    bind(INSPECTION)
      .toResolvedValue(
        (driver, clock, ids) => orRefused(path, SqliteInspection.open({ path, driver, clock, ids })),
        [DRIVER, TOKENS.clock, TOKENS.ids],
      )
      .inSingletonScope()
      .onDeactivation((inspection) => inspection.close());
    bind(TOKENS.inspectedStore).toService(INSPECTION);
    bind(TOKENS.storeDiagnosis)
      .toResolvedValue((inspection) => new SqliteDiagnosis(inspection), [INSPECTION])
      .inSingletonScope();
    bind(TOKENS.backupSource)
      .toResolvedValue((inspection) => new SqliteBackup(inspection), [INSPECTION])
      .inSingletonScope();
  });
}

/** @throws {InvalidConfiguration} */
async function orRefused<T>(path: string, opened: Promise<T>): Promise<T> {
  try {
    return await opened;
  } catch (cause) {
    const problem = `SQLITE_PATH: ${JSON.stringify(path)} cannot be used: ${reasonOf(cause)}`;
    throw cause instanceof StoreInUse
      ? new StoreLocked([problem], cause.pid)
      : new InvalidConfiguration([problem]);
  }
}
