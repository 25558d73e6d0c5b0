/** What arrived over the wire. */
export interface MomentoRequest {
  readonly method: 'Get' | 'SetIf' | 'Set' | 'Delete' | 'CreateCache' | 'ListCaches' | 'DeleteCache';
  readonly cache: string;
  readonly key: string;
  readonly value?: string;
  readonly ttlMs?: number;
  /** Of a conditional set. */
  readonly condition?: Condition;
  /** The value that its condition names, or nothing. */
  readonly compared?: string;
  /** Headers; absent = not sent. */
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
