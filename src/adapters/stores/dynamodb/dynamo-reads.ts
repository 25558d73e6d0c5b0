import {
  BatchGetCommand,
  GetCommand,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  TransactGetCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Deadline } from '../../../ports/clock.ts';
import { StoreUnavailable } from '../../../ports/errors.ts';
import type { DynamoRequests } from './dynamo-requests.ts';
import type { Item } from './items.ts';
import type { Address } from './keys.ts';

/** What a query or a scan found in one request, and where it goes on. */
export interface Found {
  readonly items: readonly Item[];
  readonly next: Address | undefined;
}

/** The table's items, always by consistent reads. All of them throw `StoreUnavailable`. */
export class DynamoReads {
  readonly #requests: DynamoRequests;
  readonly #table: string;

  constructor(requests: DynamoRequests, tableName: string) {
    this.#requests = requests;
    this.#table = tableName;
  }

  async one(Key: Address, deadline: Deadline): Promise<Item | undefined> {
    const command = { TableName: this.#table, Key: { ...Key }, ConsistentRead: true };
    const { Item } = await this.#requests.read(deadline, (client, options) =>
      client.send(new GetCommand(command), options),
    );
    return Item as Item | undefined;
  }

  /** The items (at most 100) as they all were at one instant. */
  async snapshot(keys: readonly Address[], deadline: Deadline): Promise<(Item | undefined)[]> {
    const [first] = keys;
    if (first !== undefined && keys.length === 1) return [await this.one(first, deadline)];
    const TransactItems = keys.map((Key) => ({ Get: { TableName: this.#table, Key: { ...Key } } }));
    const { Responses = [] } = await this.#requests.read(deadline, (client, options) =>
      client.send(new TransactGetCommand({ TransactItems }), options),
    );
    return keys.map((_, index) => Responses[index]?.Item as Item | undefined);
  }

  /** The items (at most 100) that are there, each as it was at some instant of its own, in no order. */
  async each(keys: readonly Address[], deadline: Deadline): Promise<Item[]> {
    const [first] = keys;
    if (first !== undefined && keys.length === 1) {
      const item = await this.one(first, deadline);
      return item === undefined ? [] : [item];
    }
    const found: Item[] = [];
    let left: readonly Record<string, unknown>[] = keys.map((key) => ({ ...key }));
    for (let attempt = 0; left.length > 0; attempt += 1) {
      const RequestItems = { [this.#table]: { Keys: [...left], ConsistentRead: true } };
      const { Responses = {}, UnprocessedKeys = {} } = await this.#requests.read(
        deadline,
        (client, options) => client.send(new BatchGetCommand({ RequestItems }), options),
      );
      found.push(...((Responses[this.#table] ?? []) as Item[]));
      left = UnprocessedKeys[this.#table]?.Keys ?? [];
      if (left.length > 0 && !(await this.#requests.pause(attempt, deadline))) {
        throw new StoreUnavailable('DynamoDB did not read everything in time.');
      }
    }
    return found;
  }

  query(query: Omit<QueryCommandInput, 'TableName' | 'ConsistentRead'>, deadline: Deadline): Promise<Found> {
    const command = { ...query, TableName: this.#table, ConsistentRead: true };
    return this.#found(deadline, (client, options) => client.send(new QueryCommand(command), options));
  }

  scan(limit: number, start: Address | undefined, deadline: Deadline): Promise<Found> {
    const command = {
      TableName: this.#table,
      ConsistentRead: true,
      Limit: limit,
      ...(start === undefined ? {} : { ExclusiveStartKey: { ...start } }),
    };
    return this.#found(deadline, (client, options) => client.send(new ScanCommand(command), options));
  }

  async #found(deadline: Deadline, send: Parameters<DynamoRequests['read']>[1]): Promise<Found> {
    const answer = (await this.#requests.read(deadline, send)) as {
      Items?: Item[];
      LastEvaluatedKey?: Address;
    };
    return { items: answer.Items ?? [], next: answer.LastEvaluatedKey };
  }
}
