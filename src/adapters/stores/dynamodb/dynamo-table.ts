import {
  CreateTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type TableDescription,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import type { Deadline } from '../../../ports/clock.ts';
import { StoreUnavailable } from '../../../ports/errors.ts';
import { isResourceInUse, isTableNotFound, isUnsupportedOperation } from './dynamo-errors.ts';
import { DynamoRequests, type RequestOptions } from './dynamo-requests.ts';
import type { TableFinding } from './table-finding.ts';

export interface TableOptions extends RequestOptions {
  readonly tableName: string;
}

/** The table has a different key schema, so it belongs to another program; nothing was changed. */
export class TableMismatch extends Error {
  override readonly name = 'TableMismatch';
}

const KEYS = { PK: 'HASH', SK: 'RANGE' } as const;
const TTL_ATTRIBUTE = 'expiresAt';
const STREAM_VIEW = 'NEW_AND_OLD_IMAGES';
const POLL_INTERVAL_MS = 250;

/** Reports the state of the table without changing it. @throws {StoreUnavailable} */
export function checkTable(options: TableOptions, deadline: Deadline): Promise<TableFinding[]> {
  return new TableSetup(options, deadline).run('check');
}

/**
 * Creates the table, or enables what an existing one lacks. Idempotent, also when run concurrently.
 * @throws {TableMismatch | StoreUnavailable}
 */
export function provisionTable(options: TableOptions, deadline: Deadline): Promise<TableFinding[]> {
  return new TableSetup(options, deadline).run('provision');
}

class TableSetup {
  readonly #options: TableOptions;
  readonly #requests: DynamoRequests;
  readonly #deadline: Deadline;

  constructor(options: TableOptions, deadline: Deadline) {
    this.#options = options;
    this.#requests = new DynamoRequests(options);
    this.#deadline = deadline;
  }

  async run(mode: 'check' | 'provision'): Promise<TableFinding[]> {
    const { tableName } = this.#options;
    let table = await this.#describe();
    const alreadyExisted = table !== undefined;
    if (table === undefined) {
      if (mode === 'check')
        return [{ state: 'missing', text: `table ${tableName} does not exist`, required: true }];
      await this.#create();
      table = await this.#waitUntilActive();
    }
    const keys = keysFinding(table, alreadyExisted);
    if (keys.state === 'mismatch' && mode === 'provision') throw new TableMismatch(keys.text);
    if (keys.state === 'mismatch') return [keys];
    const enable = mode === 'provision';
    return [
      keys,
      await this.#stream(table, alreadyExisted, enable),
      await this.#ttl(enable),
      await this.#recovery(enable),
    ];
  }

  async #stream(table: TableDescription, alreadyExisted: boolean, enable: boolean): Promise<TableFinding> {
    const { StreamEnabled, StreamViewType } = table.StreamSpecification ?? {};
    if (StreamEnabled === true && StreamViewType !== STREAM_VIEW) {
      return {
        state: 'mismatch',
        text: `stream: view type is ${StreamViewType}, expected ${STREAM_VIEW} (disable the stream first)`,
      };
    }
    if (StreamEnabled === true) {
      return { state: alreadyExisted ? 'ok' : 'created', text: `stream: ${STREAM_VIEW}` };
    }
    if (!enable) return { state: 'missing', text: `stream: ${STREAM_VIEW} is not enabled` };
    const StreamSpecification = { StreamEnabled: true, StreamViewType: STREAM_VIEW } as const;
    return this.#enable(`stream: ${STREAM_VIEW}`, async (input, options) => {
      await this.#options.client.send(new UpdateTableCommand({ ...input, StreamSpecification }), options);
      await this.#waitUntilActive();
    });
  }

  async #ttl(enable: boolean): Promise<TableFinding> {
    const text = `TTL attribute ${TTL_ATTRIBUTE}`;
    const found = await this.#callIfSupported(text, (input, options) =>
      this.#options.client.send(new DescribeTimeToLiveCommand(input), options),
    );
    if ('state' in found) return found;
    const { TimeToLiveStatus = 'DISABLED', AttributeName } = found.TimeToLiveDescription ?? {};
    if (TimeToLiveStatus.startsWith('ENABL')) {
      return AttributeName === TTL_ATTRIBUTE
        ? { state: 'ok', text }
        : {
            state: 'mismatch',
            text: `${text}: TTL is enabled on ${AttributeName} instead (disable that first)`,
          };
    }
    if (!enable) return { state: 'missing', text: `${text} is not enabled` };
    const TimeToLiveSpecification = { Enabled: true, AttributeName: TTL_ATTRIBUTE };
    return this.#enable(text, (input, options) =>
      this.#options.client.send(new UpdateTimeToLiveCommand({ ...input, TimeToLiveSpecification }), options),
    );
  }

  async #recovery(enable: boolean): Promise<TableFinding> {
    const text = 'point-in-time recovery';
    const found = await this.#callIfSupported(text, (input, options) =>
      this.#options.client.send(new DescribeContinuousBackupsCommand(input), options),
    );
    if ('state' in found) return found;
    const { PointInTimeRecoveryDescription } = found.ContinuousBackupsDescription ?? {};
    if (PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED') return { state: 'ok', text };
    if (!enable) return { state: 'missing', text: `${text} is not enabled` };
    const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
    return this.#enable(text, (input, options) =>
      this.#options.client.send(
        new UpdateContinuousBackupsCommand({ ...input, PointInTimeRecoverySpecification }),
        options,
      ),
    );
  }

  async #create(): Promise<void> {
    const names = Object.keys(KEYS);
    const command = new CreateTableCommand({
      TableName: this.#options.tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: Object.entries(KEYS).map(([AttributeName, KeyType]) => ({ AttributeName, KeyType })),
      StreamSpecification: { StreamEnabled: true, StreamViewType: STREAM_VIEW },
    });
    await this.#requests.read(this.#deadline, async (client, options) => {
      try {
        await client.send(command, options);
      } catch (error) {
        // Another process, or an earlier request whose response was lost, has created the table.
        if (!isResourceInUse(error)) throw error;
      }
    });
  }

  async #waitUntilActive(): Promise<TableDescription> {
    for (;;) {
      const table = await this.#describe();
      if (table?.TableStatus === 'ACTIVE') return table;
      await this.#options.clock.sleep(POLL_INTERVAL_MS);
    }
  }

  async #describe(): Promise<TableDescription | undefined> {
    return this.#requests.read(this.#deadline, async (client, options) => {
      try {
        const command = new DescribeTableCommand({ TableName: this.#options.tableName });
        return (await client.send(command, options)).Table;
      } catch (error) {
        if (isTableNotFound(error)) return undefined;
        throw error;
      }
    });
  }

  async #enable(text: string, send: Send<unknown>): Promise<TableFinding> {
    const done = await this.#callIfSupported(text, async (input, options) => ({
      done: await send(input, options),
    }));
    return 'state' in done ? done : { state: 'created', text };
  }

  /** Returns a finding instead of a response where the endpoint does not implement the operation. */
  async #callIfSupported<T extends object>(text: string, send: Send<T>): Promise<T | TableFinding> {
    const input = { TableName: this.#options.tableName };
    try {
      return await this.#requests.read(this.#deadline, (_, options) => send(input, options));
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || !isUnsupportedOperation(error.cause)) throw error;
      return { state: 'unsupported', text: `${text}: not supported by this endpoint` };
    }
  }
}

type Send<T> = (input: { TableName: string }, options: { abortSignal: AbortSignal }) => Promise<T>;

function keysFinding(table: TableDescription, alreadyExisted: boolean): TableFinding {
  const types = new Map(
    table.AttributeDefinitions?.map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]),
  );
  const found = (table.KeySchema ?? []).map(
    ({ AttributeName, KeyType }) => `${AttributeName} (${KeyType}, ${types.get(AttributeName)})`,
  );
  const expected = Object.entries(KEYS).map(([name, type]) => `${name} (${type}, S)`);
  const text = `table ${table.TableName}: keys ${found.join(', ')}`;
  return found.toSorted().join() === expected.toSorted().join()
    ? { state: alreadyExisted ? 'ok' : 'created', text }
    : {
        state: 'mismatch',
        text: `${text}, expected ${expected.join(', ')}; the table was not changed`,
        required: true,
      };
}
