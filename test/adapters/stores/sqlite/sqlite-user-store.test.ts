import { userStoreContract } from '../../../contracts/user-store-contract.ts';
import { contendInProcesses } from '../../../support/contend-in-processes.ts';
import { openSqlite, openSqliteFile } from '../../../support/sqlite.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

describe('SqliteUserStore', () => userStoreContract(openSqlite));

describe('SqliteUserStore in several processes', () => {
  it('commits each version of a record exactly once when three processes write it concurrently', async () => {
    const folder = temporaryFolder();
    const path = `${folder.path}/rollcall.db`;
    const store = await openSqliteFile(path);
    await store.share(performance.now() + 1000);
    await contendInProcesses(store, new URL('./contention-process.ts', import.meta.url), [path]);
    store.close();
    folder.remove();
  }).timeout(60_000);
});
