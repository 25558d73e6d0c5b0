import { contend } from '../../../support/contend.ts';
import { openDatabase, postgresStore } from '../../../support/postgres-server.ts';

const [contest = '', url = ''] = process.argv.slice(2);
const database = openDatabase(url);
process.stdout.write(JSON.stringify(await contend(postgresStore(database), JSON.parse(contest))));
await database.close();
