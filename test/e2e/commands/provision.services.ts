import { CreateTableCommand, DescribeTableCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { unique } from '../../support/accounts.ts';
import { type Dynoxide, startDynoxide } from '../../support/dynoxide.ts';
import { endProcesses } from '../../support/rollcall-process.ts';
import { type CommandResult, runRollcall } from '../../support/run-rollcall.ts';

const KEYS = 'keys PK (HASH, S), SK (RANGE, S)';
const NOT_OFFERED = [
  'warning  dynamodb: point-in-time recovery: not supported by this endpoint',
  '         → Rollcall works without it; make your own backups',
  '0 problems, 1 warning',
];

describe('rollcall provision, on DynamoDB', function () {
  this.timeout(60_000);
  let server: Dynoxide;
  let client: DynamoDBDocumentClient;
  let table: string;
  let whereNobodyIs: Promise<readonly CommandResult[]>;

  before(async () => {
    server = await startDynoxide();
    // These try for ten seconds, meanwhile the other tests run.
    const env = { ...server.settings(), DYNAMODB_ENDPOINT: 'http://127.0.0.1:9' };
    whereNobodyIs = Promise.all(['provision', 'migrate'].map((command) => runRollcall([command], { env })));
    client = server.client();
  });
  beforeEach(() => {
    table = unique('table');
  });
  after(async () => {
    await endProcesses();
    client?.destroy();
    await server?.stop();
  });

  const provision = () => runRollcall(['provision'], { env: server.settings(table) });
  const describeTable = async () => (await client.send(new DescribeTableCommand({ TableName: table }))).Table;

  /** A table with only its keys. */
  async function create(partitionKey: string): Promise<void> {
    const keys = [partitionKey, 'SK'];
    await client.send(
      new CreateTableCommand({
        TableName: table,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: keys.map((AttributeName, i) => ({ AttributeName, KeyType: i === 0 ? 'HASH' : 'RANGE' })),
      }),
    );
  }

  it('makes the table and says so; run again, it says that all is there', async () => {
    const first = await provision();
    expect(first.stderr).to.equal('');
    expect(first.lines).to.deep.equal([
      `ok       dynamodb: table ${table}: ${KEYS} (created)`,
      'ok       dynamodb: stream: NEW_AND_OLD_IMAGES (created)',
      'ok       dynamodb: TTL attribute expiresAt (created)',
      ...NOT_OFFERED,
    ]);
    expect(first.exit).to.equal(0);
    const made = await describeTable();

    const second = await provision();
    expect(second.lines).to.deep.equal([
      `ok       dynamodb: table ${table}: ${KEYS}`,
      'ok       dynamodb: stream: NEW_AND_OLD_IMAGES',
      'ok       dynamodb: TTL attribute expiresAt',
      ...NOT_OFFERED,
    ]);
    expect([second.exit, second.stderr]).to.deep.equal([0, '']);
    expect(await describeTable()).to.deep.equal(made);
  });

  it('may be run by several at once', async () => {
    const all = await Promise.all([provision(), provision(), provision()]);
    for (const { exit, lines, stderr } of all) {
      expect([exit, stderr], lines.join('\n')).to.deep.equal([0, '']);
      expect(lines.at(-1)).to.equal('0 problems, 1 warning');
    }
    const { TableNames } = await client.send(new ListTablesCommand({}));
    expect(TableNames?.filter((name) => name === table)).to.have.length(1);
  });

  it('adds what a table lacks', async () => {
    await create('PK');
    const { exit, lines } = await provision();
    expect(lines.slice(0, 3)).to.deep.equal([
      `ok       dynamodb: table ${table}: ${KEYS}`,
      'ok       dynamodb: stream: NEW_AND_OLD_IMAGES (created)',
      'ok       dynamodb: TTL attribute expiresAt (created)',
    ]);
    expect(exit).to.equal(0);
  });

  it('refuses a table with other keys, names the variable, and leaves the table as it is', async () => {
    await create('id');
    const before = await describeTable();
    const { exit, stdout, stderr } = await provision();
    expect(stderr).to.equal(
      'rollcall: the configuration is not valid:\n' +
        `  TABLE_NAME: "${table}" cannot be used: table ${table}: keys id (HASH, S), SK (RANGE, S), ` +
        'expected PK (HASH, S), SK (RANGE, S); the table was not changed\n',
    );
    expect([exit, stdout]).to.deep.equal([2, '']);
    expect(await describeTable()).to.deep.equal(before);
  });

  it('fails with one clear line where nobody answers, and so does migrate', async () => {
    for (const { exit, stdout, stderr } of await whereNobodyIs) {
      expect(stderr).to.equal('rollcall: DynamoDB cannot be reached: connection refused (127.0.0.1:9)\n');
      expect([exit, stdout]).to.deep.equal([1, '']);
    }
  });
});
