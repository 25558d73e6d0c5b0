import { provisionTable } from '../../../../src/adapters/stores/dynamodb/dynamo-table.ts';
import { SystemClock } from '../../../../src/adapters/system/system-clock.ts';
import { UuidIds } from '../../../../src/adapters/system/uuid-ids.ts';
import { userStoreContract } from '../../../contracts/user-store-contract.ts';
import { contendInProcesses } from '../../../support/contend-in-processes.ts';
import { type Dynoxide, dynamoStore, startDynoxide } from '../../../support/dynoxide.ts';

describe('DynamoUserStore', () => {
  const tableName = 'rollcall-contract';
  const clock = new SystemClock();
  let server: Dynoxide;

  before(async () => {
    server = await startDynoxide();
    const client = server.client();
    await provisionTable({ client, tableName, clock, ids: new UuidIds() }, clock.monotonic() + 5000);
    client.destroy();
  });
  after(() => server.stop());

  userStoreContract(async () => {
    const clients = [server.client()];
    return {
      store: dynamoStore(clients[0] as ReturnType<Dynoxide['client']>, tableName),
      openAnother: async () => {
        const client = server.client();
        clients.push(client);
        return dynamoStore(client, tableName);
      },
      isShared: true,
      expiresAutomatically: true,
      close: async () => {
        for (const client of clients) client.destroy();
      },
    };
  });

  it('lets three processes race on one record: every version is won once', async () => {
    const client = server.client();
    const worker = new URL('./contention-process.ts', import.meta.url);
    await contendInProcesses(dynamoStore(client, tableName), worker, [server.endpoint, tableName]);
    client.destroy();
  }).timeout(60_000);
});
