import { openDatabase, postgresStore } from '../../../support/postgres-server.ts';
import { race } from '../../../support/store-racer.ts';

const [contest = '', url = ''] = process.argv.slice(2);
const database = openDatabase(url);
process.stdout.write(JSON.stringify(await race(postgresStore(database), JSON.parse(contest))));
await database.close();
