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

/** The result of one query or scan request. */
export interface ItemPage {
  readonly items: readonly Item[];
  /** The start of the next page; `undefined` = this is the last one. */
  readonly next: Address | undefined;
}

/** Strongly consistent reads of the table's items. Every method rejects with `StoreUnavailable` on failure. */
export class DynamoReads {
  readonly #requests: DynamoRequests;
  readonly #table: string;

  constructor(requests: DynamoRequests, tableName: string) {
    this.#requests = requests;
    this.#table = tableName;
  }

  async get(Key: Address, deadline: Deadline): Promise<Item | undefined> {
    const command = { TableName: this.#table, Key: { ...Key }, ConsistentRead: true };
    const { Item } = await this.#requests.read(deadline, (client, options) =>
      client.send(new GetCommand(command), options),
    );
    return Item as Item | undefined;
  }

  /** The items (at most 100) as of one instant, in the order of the keys. */
  async snapshot(keys: readonly Address[], deadline: Deadline): Promise<(Item | undefined)[]> {
    const [first] = keys;
    if (first !== undefined && keys.length === 1) return [await this.get(first, deadline)];
    const TransactItems = keys.map((Key) => ({ Get: { TableName: this.#table, Key: { ...Key } } }));
    const { Responses = [] } = await this.#requests.read(deadline, (client, options) =>
      client.send(new TransactGetCommand({ TransactItems }), options),
    );
    return keys.map((_, index) => Responses[index]?.Item as Item | undefined);
  }

  /** The existing items among these (at most 100), unordered, and each as of its own instant. */
  async batchGet(keys: readonly Address[], deadline: Deadline): Promise<Item[]> {
    const [first] = keys;
    if (first !== undefined && keys.length === 1) {
      const item = await this.get(first, deadline);
      return item === undefined ? [] : [item];
    }
    const found: Item[] = [];
    let pendingKeys: readonly Record<string, unknown>[] = keys.map((key) => ({ ...key }));
    for (let attempt = 0; pendingKeys.length > 0; attempt += 1) {
      const RequestItems = { [this.#table]: { Keys: [...pendingKeys], ConsistentRead: true } };
      const { Responses = {}, UnprocessedKeys = {} } = await this.#requests.read(
        deadline,
        (client, options) => client.send(new BatchGetCommand({ RequestItems }), options),
      );
      found.push(...((Responses[this.#table] ?? []) as Item[]));
      pendingKeys = UnprocessedKeys[this.#table]?.Keys ?? [];
      if (pendingKeys.length > 0 && !(await this.#requests.backOff(attempt, deadline))) {
        throw new StoreUnavailable('DynamoDB did not return all requested items in time');
      }
    }
    return found;
  }

  query(
    query: Omit<QueryCommandInput, 'TableName' | 'ConsistentRead'>,
    deadline: Deadline,
  ): Promise<ItemPage> {
    const command = { ...query, TableName: this.#table, ConsistentRead: true };
    return this.#page(deadline, (client, options) => client.send(new QueryCommand(command), options));
  }

  scan(limit: number, start: Address | undefined, deadline: Deadline): Promise<ItemPage> {
    const command = {
      TableName: this.#table,
      ConsistentRead: true,
      Limit: limit,
      ...(start === undefined ? {} : { ExclusiveStartKey: { ...start } }),
    };
    return this.#page(deadline, (client, options) => client.send(new ScanCommand(command), options));
  }

  async #page(deadline: Deadline, send: Parameters<DynamoRequests['read']>[1]): Promise<ItemPage> {
    const answer = (await this.#requests.read(deadline, send)) as {
      Items?: Item[];
      LastEvaluatedKey?: Address;
    };
    return { items: answer.Items ?? [], next: answer.LastEvaluatedKey };
  }
}
