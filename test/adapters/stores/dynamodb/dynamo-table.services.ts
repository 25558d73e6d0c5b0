import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { DynamoDiagnosis } from '../../../../src/adapters/stores/dynamodb/dynamo-diagnosis.ts';
import {
  checkTable,
  provisionTable,
  TableMismatch,
} from '../../../../src/adapters/stores/dynamodb/dynamo-table.ts';
import type { TableFinding } from '../../../../src/adapters/stores/dynamodb/table-finding.ts';
import { unique } from '../../../support/accounts.ts';
import { deadline } from '../../../support/deadline.ts';
import { dynamoFixture } from '../../../support/dynamo-fixture.ts';
import { dynoxideClient } from '../../../support/dynoxide.ts';
import { rejectionOf } from '../../../support/rejection-of.ts';

const COMPLETE = ['ok', 'ok', 'ok', 'unsupported'];

describe('The DynamoDB table', () => {
  const dynamo = dynamoFixture();
  let TableName: string;

  beforeEach(() => {
    TableName = unique('table');
  });

  const statesOf = (findings: readonly TableFinding[]) => findings.map(({ state }) => state);
  const provision = async () => statesOf(await provisionTable(dynamo.tableOptions(TableName), deadline()));
  const check = async () => statesOf(await checkTable(dynamo.tableOptions(TableName), deadline()));
  const diagnose = () => new DynamoDiagnosis(dynamo.tableOptions(TableName)).diagnose(deadline());

  /** A table with only its keys. */
  async function createTable(partitionKey: string): Promise<void> {
    await dynamo.client.send(
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

  it('is created with all settings that the endpoint supports', async () => {
    expect(await provision()).to.deep.equal(['created', 'created', 'created', 'unsupported']);
    const { Table } = await dynamo.client.send(new DescribeTableCommand({ TableName }));
    expect(Table?.KeySchema).to.deep.equal([
      { AttributeName: 'PK', KeyType: 'HASH' },
      { AttributeName: 'SK', KeyType: 'RANGE' },
    ]);
    expect(Table?.BillingModeSummary?.BillingMode).to.equal('PAY_PER_REQUEST');
    expect(Table?.StreamSpecification?.StreamViewType).to.equal('NEW_AND_OLD_IMAGES');
    const { TimeToLiveDescription } = await dynamo.client.send(new DescribeTimeToLiveCommand({ TableName }));
    expect(TimeToLiveDescription).to.deep.include({
      TimeToLiveStatus: 'ENABLED',
      AttributeName: 'expiresAt',
    });
  });

  it('is unchanged by a second provisioning', async () => {
    await provision();
    expect(await provision()).to.deep.equal(COMPLETE);
    expect(await check()).to.deep.equal(COMPLETE);
  });

  it('can be provisioned concurrently', async () => {
    const results = await Promise.all([provision(), provision(), provision()]);
    for (const states of results) expect(states).to.not.include('mismatch');
    expect(await check()).to.deep.equal(COMPLETE);
  });

  it('gets a stream and TTL if it lacks them, as legacy tables do', async () => {
    await createTable('PK');
    expect(await check()).to.deep.equal(['ok', 'missing', 'missing', 'unsupported']);
    expect(await provision()).to.deep.equal(['ok', 'created', 'created', 'unsupported']);
    expect(await check()).to.deep.equal(COMPLETE);
  });

  it('is rejected and not changed if it has a different key schema', async () => {
    await createTable('pk');
    const { message } = await rejectionOf(provision(), TableMismatch);
    expect(message).to.equal(
      `table ${TableName}: keys pk (HASH, S), SK (RANGE, S), expected PK (HASH, S), SK (RANGE, S); the table was not changed`,
    );
    const { Table } = await dynamo.client.send(new DescribeTableCommand({ TableName }));
    expect(Table).to.not.have.property('StreamSpecification');
    expect(await check()).to.deep.equal(['mismatch']);
  });

  it('is reported as missing and not created by a check', async () => {
    expect(await check()).to.deep.equal(['missing']);
    expect(await check()).to.deep.equal(['missing']);
  });

  it('is diagnosed as a problem if missing, and with warnings if incomplete', async () => {
    expect((await diagnose()).map(({ level }) => level)).to.deep.equal(['problem']);
    await createTable('PK');
    expect((await diagnose()).map(({ level }) => level)).to.deep.equal([
      'ok',
      'warning',
      'warning',
      'warning',
    ]);
  });

  it('is diagnosed as a problem if the endpoint cannot be reached', async () => {
    const client = dynoxideClient('http://127.0.0.1:9');
    const diagnosis = new DynamoDiagnosis({ ...dynamo.tableOptions(TableName), client });
    const [finding] = await diagnosis.diagnose(deadline(200));
    expect(finding?.level).to.equal('problem');
    expect(finding?.what).to.equal('DynamoDB cannot be reached: connection refused (127.0.0.1:9)');
    client.destroy();
  });
});
