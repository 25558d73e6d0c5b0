import { libsqlDriver } from '../../../../../src/adapters/stores/sqlite/driver/libsql-driver.ts';
import { nodeSqliteDriver } from '../../../../../src/adapters/stores/sqlite/driver/node-sqlite-driver.ts';
import { SqliteConnection } from '../../../../../src/adapters/stores/sqlite/sqlite-connection.ts';
import { SystemClock } from '../../../../../src/adapters/system/system-clock.ts';
import { UuidIds } from '../../../../../src/adapters/system/uuid-ids.ts';

// Opens a database as an unprivileged user and prints the outcome. Modules are imported first, since that user may not
// have permission to read them.
const [path = '', uid = ''] = process.argv.slice(2);
const driver = nodeSqliteDriver() ?? libsqlDriver;
if (process.getuid?.() === 0) {
  process.setgroups?.([]);
  process.setgid?.(Number(uid));
  process.setuid?.(Number(uid));
}
try {
  const options = { path, driver, clock: new SystemClock(), ids: new UuidIds() };
  (await SqliteConnection.open(options)).close();
  process.stdout.write('opened');
} catch (error) {
  process.stdout.write(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
}
