import type {
  SqliteDatabase,
  SqliteDriver,
} from '../../../../src/adapters/stores/sqlite/driver/sqlite-driver.ts';

/** @param exec called in place of each statement that is executed without preparing it */
export function interceptedDriver(
  driver: SqliteDriver,
  exec: (database: SqliteDatabase, sql: string, path: string) => void,
): SqliteDriver {
  return {
    ...driver,
    open: (path, options) => {
      const database = driver.open(path, options);
      return {
        get inTransaction() {
          return database.inTransaction;
        },
        prepare: (sql) => database.prepare(sql),
        prepareNumber: (sql) => database.prepareNumber(sql),
        close: () => database.close(),
        exec: (sql) => exec(database, sql, path),
      };
    },
  };
}
