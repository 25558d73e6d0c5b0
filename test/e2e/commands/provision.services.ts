import { CreateTableCommand, DescribeTableCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { unique } from '../../support/accounts.ts';
import { type Dynoxide, startDynoxide } from '../../support/dynoxide.ts';
import { endProcesses } from '../../support/rollcall-process.ts';
import { type CommandResult, runRollcall } from '../../support/run-rollcall.ts';

const KEYS = 'keys PK (HASH, S), SK (RANGE, S)';
const NOT_SUPPORTED = [
  'warning  dynamodb: point-in-time recovery: not supported by this endpoint',
  '         → Rollcall works without it; make your own backups',
  '0 problems, 1 warning',
];

describe('rollcall provision, on DynamoDB', function () {
  this.timeout(60_000);
  let server: Dynoxide;
  let client: DynamoDBDocumentClient;
  let table: string;
  let withoutServer: Promise<readonly CommandResult[]>;

  before(async () => {
    server = await startDynoxide();
    // These retry for ten seconds, while the other tests run.
    const env = { ...server.settings(), DYNAMODB_ENDPOINT: 'http://127.0.0.1:9' };
    withoutServer = Promise.all(['provision', 'migrate'].map((command) => runRollcall([command], { env })));
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

  it('creates the table; a second run reports that it is complete', async () => {
    const first = await provision();
    expect(first.stderr).to.equal('');
    expect(first.lines).to.deep.equal([
      `ok       dynamodb: table ${table}: ${KEYS} (created)`,
      'ok       dynamodb: stream: NEW_AND_OLD_IMAGES (created)',
      'ok       dynamodb: TTL attribute expiresAt (created)',
      ...NOT_SUPPORTED,
    ]);
    expect(first.exit).to.equal(0);
    const created = await describeTable();

    const second = await provision();
    expect(second.lines).to.deep.equal([
      `ok       dynamodb: table ${table}: ${KEYS}`,
      'ok       dynamodb: stream: NEW_AND_OLD_IMAGES',
      'ok       dynamodb: TTL attribute expiresAt',
      ...NOT_SUPPORTED,
    ]);
    expect([second.exit, second.stderr]).to.deep.equal([0, '']);
    expect(await describeTable()).to.deep.equal(created);
  });

  it('can run several times concurrently', async () => {
    const all = await Promise.all([provision(), provision(), provision()]);
    for (const { exit, lines, stderr } of all) {
      expect([exit, stderr], lines.join('\n')).to.deep.equal([0, '']);
      expect(lines.at(-1)).to.equal('0 problems, 1 warning');
    }
    const { TableNames } = await client.send(new ListTablesCommand({}));
    expect(TableNames?.filter((name) => name === table)).to.have.length(1);
  });

  it('completes an existing table', async () => {
    await create('PK');
    const { exit, lines } = await provision();
    expect(lines.slice(0, 3)).to.deep.equal([
      `ok       dynamodb: table ${table}: ${KEYS}`,
      'ok       dynamodb: stream: NEW_AND_OLD_IMAGES (created)',
      'ok       dynamodb: TTL attribute expiresAt (created)',
    ]);
    expect(exit).to.equal(0);
  });

  it('rejects a table with other keys, names the variable, and does not change the table', async () => {
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

  it('fails with one line if the server cannot be reached, and so does migrate', async () => {
    for (const { exit, stdout, stderr } of await withoutServer) {
      expect(stderr).to.equal('rollcall: DynamoDB cannot be reached: connection refused (127.0.0.1:9)\n');
      expect([exit, stdout]).to.deep.equal([1, '']);
    }
  });
});
