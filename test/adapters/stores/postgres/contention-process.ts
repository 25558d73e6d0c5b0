import { contend } from '../../../support/contend.ts';
import { openDatabase, postgresStore } from '../../../support/postgres-server.ts';

const [contention = '', url = ''] = process.argv.slice(2);
const database = openDatabase(url);
process.stdout.write(JSON.stringify(await contend(postgresStore(database), JSON.parse(contention))));
await database.close();
