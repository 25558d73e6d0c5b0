import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { DynamoDiagnosis } from '../../../../src/adapters/stores/dynamodb/dynamo-diagnosis.ts';
import {
  checkTable,
  provisionTable,
  TableMismatch,
} from '../../../../src/adapters/stores/dynamodb/dynamo-table.ts';
import type { TableFinding } from '../../../../src/adapters/stores/dynamodb/table-finding.ts';
import { SystemClock } from '../../../../src/adapters/system/system-clock.ts';
import { UuidIds } from '../../../../src/adapters/system/uuid-ids.ts';
import { unique } from '../../../support/accounts.ts';
import { type Dynoxide, dynoxideClient, startDynoxide } from '../../../support/dynoxide.ts';

describe('the DynamoDB table', () => {
  const clock = new SystemClock();
  let server: Dynoxide;
  let client: DynamoDBDocumentClient;
  let TableName: string;

  before(async () => {
    server = await startDynoxide();
    client = server.client();
  });
  beforeEach(() => {
    TableName = unique('table');
  });
  after(async () => {
    client.destroy();
    await server.stop();
  });

  const options = () => ({ client, tableName: TableName, clock, ids: new UuidIds() });
  const soon = () => clock.monotonic() + 5000;
  const provision = () => provisionTable(options(), soon());
  const check = () => checkTable(options(), soon());
  const statesOf = (findings: readonly TableFinding[]) => findings.map(({ state }) => state);

  async function create(partitionKey: string): Promise<void> {
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: partitionKey, AttributeType: 'S' },
          { AttributeName: 'SK', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: partitionKey, KeyType: 'HASH' },
          { AttributeName: 'SK', KeyType: 'RANGE' },
        ],
      }),
    );
  }

  it('is made whole where there is none, and says what the endpoint does not offer', async () => {
    expect(statesOf(await provision())).to.deep.equal(['created', 'created', 'created', 'unsupported']);
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    expect(Table?.KeySchema).to.deep.equal([
      { AttributeName: 'PK', KeyType: 'HASH' },
      { AttributeName: 'SK', KeyType: 'RANGE' },
    ]);
    expect(Table?.BillingModeSummary?.BillingMode).to.equal('PAY_PER_REQUEST');
    expect(Table?.StreamSpecification?.StreamViewType).to.equal('NEW_AND_OLD_IMAGES');
    const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
    expect(TimeToLiveDescription).to.deep.include({
      TimeToLiveStatus: 'ENABLED',
      AttributeName: 'expiresAt',
    });
  });

  it('is left as it is where it is right', async () => {
    await provision();
    expect(statesOf(await provision())).to.deep.equal(['ok', 'ok', 'ok', 'unsupported']);
    expect(statesOf(await check())).to.deep.equal(['ok', 'ok', 'ok', 'unsupported']);
  });

  it('may be made by several at once', async () => {
    const all = await Promise.all([provision(), provision(), provision()]);
    for (const findings of all) expect(findings.map(({ state }) => state)).to.not.include('mismatch');
    expect(statesOf(await check())).to.deep.equal(['ok', 'ok', 'ok', 'unsupported']);
  });

  it('gets what it lacks: the tutorial’s has neither stream nor expiry', async () => {
    await create('PK');
    expect(statesOf(await check())).to.deep.equal(['ok', 'missing', 'missing', 'unsupported']);
    expect(statesOf(await provision())).to.deep.equal(['ok', 'created', 'created', 'unsupported']);
    expect(statesOf(await check())).to.deep.equal(['ok', 'ok', 'ok', 'unsupported']);
  });

  it('is refused where it has other keys, and nothing is done to it', async () => {
    await create('pk');
    const refusal = await provision().catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(TableMismatch);
    expect((refusal as Error).message)
      .to.contain('pk (HASH, S)')
      .and.contain('PK (HASH, S)');
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    expect(Table).to.not.have.property('StreamSpecification');
    expect(statesOf(await check())).to.deep.equal(['mismatch']);
  });

  it('is reported, not made, where one only looks', async () => {
    expect(statesOf(await check())).to.deep.equal(['missing']);
    expect(statesOf(await check())).to.deep.equal(['missing']);
  });

  it('is diagnosed for the doctor, in levels', async () => {
    const diagnose = () => new DynamoDiagnosis(options()).diagnose(soon());
    expect((await diagnose()).map(({ level }) => level)).to.deep.equal(['problem']);
    await create('PK');
    expect((await diagnose()).map(({ level }) => level)).to.deep.equal([
      'ok',
      'warning',
      'warning',
      'warning',
    ]);
  });

  it('is a problem for the doctor where nobody answers', async () => {
    const nobody = dynoxideClient('http://127.0.0.1:9');
    const diagnosis = new DynamoDiagnosis({ ...options(), client: nobody });
    const [finding] = await diagnosis.diagnose(clock.monotonic() + 200);
    expect(finding?.level).to.equal('problem');
    expect(finding?.what).to.equal('DynamoDB cannot be reached: connection refused (127.0.0.1:9)');
    nobody.destroy();
  });
});
