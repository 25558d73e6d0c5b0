import { userStoreContract } from '../../../contracts/user-store-contract.ts';
import { contendInProcesses } from '../../../support/contend-in-processes.ts';
import { dynamoFixture, dynamoStoreUnderTest } from '../../../support/dynamo-fixture.ts';

describe('DynamoUserStore', () => {
  const dynamo = dynamoFixture();
  userStoreContract(dynamoStoreUnderTest(dynamo));

  it('lets exactly one of three processes write each version of a record', async () => {
    const tableName = await dynamo.createTable();
    const script = new URL('./contention-process.ts', import.meta.url);
    await contendInProcesses(dynamo.openStore(tableName), script, [dynamo.server.endpoint, tableName]);
  }).timeout(60_000);
});
