import { openSqliteFile } from '../../../support/sqlite.ts';
import { race } from '../../../support/store-racer.ts';

const [contest = '', path = ''] = process.argv.slice(2);
const store = await openSqliteFile(path);
await store.share(performance.now() + 5000);
process.stdout.write(JSON.stringify(await race(store, JSON.parse(contest))));
store.close();
