/** A request as received over the wire. */
export interface MomentoRequest {
  readonly method: 'Get' | 'SetIf' | 'Set' | 'Delete' | 'CreateCache' | 'ListCaches' | 'DeleteCache';
  readonly cache: string;
  readonly key: string;
  readonly value?: string;
  readonly ttlMs?: number;
  /** Conditional sets only. */
  readonly condition?: Condition;
  /** The value in the condition; empty if it has none. */
  readonly compared?: string;
  /** Headers; `undefined` = not sent. */
  readonly readConcern: string | undefined;
  readonly authorization: string | undefined;
}

export type Condition =
  | 'absent'
  | 'present'
  | 'equal'
  | 'not_equal'
  | 'absent_or_equal'
  | 'present_and_not_equal';
