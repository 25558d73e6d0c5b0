import { contend } from '../../../support/contend.ts';
import { dynamoStore, dynoxideClient } from '../../../support/dynoxide.ts';

const [contest = '', endpoint = '', tableName = ''] = process.argv.slice(2);
const client = dynoxideClient(endpoint);
process.stdout.write(JSON.stringify(await contend(dynamoStore(client, tableName), JSON.parse(contest))));
client.destroy();
