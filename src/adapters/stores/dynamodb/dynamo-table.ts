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
import { isInUse, isNotFound, isNotOffered } from './dynamo-errors.ts';
import { DynamoRequests, type RequestOptions } from './dynamo-requests.ts';
import type { TableFinding } from './table-finding.ts';

export interface TableOptions extends RequestOptions {
  readonly tableName: string;
}

/** The table has other keys: it is not one of ours, and nothing was done to it. */
export class TableMismatch extends Error {
  override readonly name = 'WrongTable';
}

const KEYS = { PK: 'HASH', SK: 'RANGE' } as const;
const TTL_ATTRIBUTE = 'expiresAt';
const STREAM_VIEW = 'NEW_AND_OLD_IMAGES';
const POLL_MS = 250;

/** Says what a table has and lacks; changes nothing. @throws {StoreUnavailable} */
export function checkTable(options: TableOptions, deadline: Deadline): Promise<TableFinding[]> {
  return new Table(options, deadline).findings('check');
}

/**
 * Makes the table if there is none, and what an existing one lacks. Any number of times, also by several at once.
 * @throws {TableMismatch | StoreUnavailable}
 */
export function provisionTable(options: TableOptions, deadline: Deadline): Promise<TableFinding[]> {
  return new Table(options, deadline).findings('provision');
}

class Table {
  readonly #options: TableOptions;
  readonly #requests: DynamoRequests;
  readonly #deadline: Deadline;

  constructor(options: TableOptions, deadline: Deadline) {
    this.#options = options;
    this.#requests = new DynamoRequests(options);
    this.#deadline = deadline;
  }

  async findings(mode: 'check' | 'provision'): Promise<TableFinding[]> {
    const { tableName } = this.#options;
    let table = await this.#describe();
    const existed = table !== undefined;
    if (table === undefined) {
      if (mode === 'check')
        return [{ state: 'missing', text: `table ${tableName}: there is none`, vital: true }];
      await this.#create();
      table = await this.#active();
    }
    const keys = keysFinding(table, existed);
    if (keys.state === 'wrong' && mode === 'provision') throw new TableMismatch(keys.text);
    if (keys.state === 'wrong') return [keys];
    const make = mode === 'provision';
    return [
      keys,
      await this.#stream(table, existed, make),
      await this.#expiry(make),
      await this.#recovery(make),
    ];
  }

  async #stream(table: TableDescription, existed: boolean, make: boolean): Promise<TableFinding> {
    const { StreamEnabled, StreamViewType } = table.StreamSpecification ?? {};
    if (StreamEnabled === true && StreamViewType !== STREAM_VIEW) {
      return {
        state: 'wrong',
        text: `stream: shows ${StreamViewType}; ${STREAM_VIEW} is needed (switch it off first)`,
      };
    }
    if (StreamEnabled === true) {
      return { state: existed ? 'right' : 'made', text: `stream: ${STREAM_VIEW}` };
    }
    if (!make) return { state: 'missing', text: `stream: ${STREAM_VIEW} is not switched on` };
    const StreamSpecification = { StreamEnabled: true, StreamViewType: STREAM_VIEW } as const;
    return this.#make(`stream: ${STREAM_VIEW}`, async (input, options) => {
      await this.#options.client.send(new UpdateTableCommand({ ...input, StreamSpecification }), options);
      await this.#active();
    });
  }

  async #expiry(make: boolean): Promise<TableFinding> {
    const text = `expiry (TTL) by ${TTL_ATTRIBUTE}`;
    const found = await this.#ask(text, (input, options) =>
      this.#options.client.send(new DescribeTimeToLiveCommand(input), options),
    );
    if ('state' in found) return found;
    const { TimeToLiveStatus = 'DISABLED', AttributeName } = found.TimeToLiveDescription ?? {};
    if (TimeToLiveStatus.startsWith('ENABL')) {
      return AttributeName === TTL_ATTRIBUTE
        ? { state: 'right', text }
        : { state: 'wrong', text: `${text}: it goes by ${AttributeName} (switch that off first)` };
    }
    if (!make) return { state: 'missing', text: `${text} is not switched on` };
    const TimeToLiveSpecification = { Enabled: true, AttributeName: TTL_ATTRIBUTE };
    return this.#make(text, (input, options) =>
      this.#options.client.send(new UpdateTimeToLiveCommand({ ...input, TimeToLiveSpecification }), options),
    );
  }

  async #recovery(make: boolean): Promise<TableFinding> {
    const text = 'point-in-time recovery';
    const found = await this.#ask(text, (input, options) =>
      this.#options.client.send(new DescribeContinuousBackupsCommand(input), options),
    );
    if ('state' in found) return found;
    const { PointInTimeRecoveryDescription } = found.ContinuousBackupsDescription ?? {};
    if (PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED')
      return { state: 'right', text };
    if (!make) return { state: 'missing', text: `${text} is not switched on` };
    const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
    return this.#make(text, (input, options) =>
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
        // Made by somebody else, or by a request of ours whose answer was lost.
        if (!isInUse(error)) throw error;
      }
    });
  }

  async #active(): Promise<TableDescription> {
    for (;;) {
      const table = await this.#describe();
      if (table?.TableStatus === 'ACTIVE') return table;
      await this.#options.clock.sleep(POLL_MS);
    }
  }

  async #describe(): Promise<TableDescription | undefined> {
    return this.#requests.read(this.#deadline, async (client, options) => {
      try {
        const command = new DescribeTableCommand({ TableName: this.#options.tableName });
        return (await client.send(command, options)).Table;
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    });
  }

  async #make(text: string, send: Send<unknown>): Promise<TableFinding> {
    const done = await this.#ask(text, async (input, options) => ({ done: await send(input, options) }));
    return 'state' in done ? done : { state: 'made', text };
  }

  /** What the endpoint answers, or that it does not offer it. */
  async #ask<T extends object>(text: string, send: Send<T>): Promise<T | TableFinding> {
    const input = { TableName: this.#options.tableName };
    try {
      return await this.#requests.read(this.#deadline, (_, options) => send(input, options));
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || !isNotOffered(error.cause)) throw error;
      return { state: 'not_offered', text: `${text}: this endpoint does not offer it` };
    }
  }
}

type Send<T> = (input: { TableName: string }, options: { abortSignal: AbortSignal }) => Promise<T>;

function keysFinding(table: TableDescription, existed: boolean): TableFinding {
  const types = new Map(table.AttributeDefinitions?.map((one) => [one.AttributeName, one.AttributeType]));
  const found = (table.KeySchema ?? []).map(
    ({ AttributeName, KeyType }) => `${AttributeName} (${KeyType}, ${types.get(AttributeName)})`,
  );
  const needed = Object.entries(KEYS).map(([name, type]) => `${name} (${type}, S)`);
  const text = `table ${table.TableName}: keys ${found.join(', ')}`;
  return found.toSorted().join() === needed.toSorted().join()
    ? { state: existed ? 'right' : 'made', text }
    : {
        state: 'wrong',
        text: `${text}; ${needed.join(', ')} are needed. It is left as it is`,
        vital: true,
      };
}
