import { dynamoStore, dynoxideClient } from '../../../support/dynoxide.ts';
import { race } from '../../../support/store-racer.ts';

const [contest = '', endpoint = '', tableName = ''] = process.argv.slice(2);
const client = dynoxideClient(endpoint);
process.stdout.write(JSON.stringify(await race(dynamoStore(client, tableName), JSON.parse(contest))));
client.destroy();
