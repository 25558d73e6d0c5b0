import { contend } from '../../../support/contend.ts';
import { openSqliteFile } from '../../../support/sqlite.ts';

const [contention = '', path = ''] = process.argv.slice(2);
const store = await openSqliteFile(path);
await store.share(performance.now() + 5000);
process.stdout.write(JSON.stringify(await contend(store, JSON.parse(contention))));
store.close();
