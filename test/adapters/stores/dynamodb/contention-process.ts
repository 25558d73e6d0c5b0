import { contend } from '../../../support/contend.ts';
import { dynamoStore, dynoxideClient } from '../../../support/dynoxide.ts';

const [contention = '', endpoint = '', tableName = ''] = process.argv.slice(2);
const client = dynoxideClient(endpoint);
const result = await contend(dynamoStore(client, tableName), JSON.parse(contention));
process.stdout.write(JSON.stringify(result));
client.destroy();
