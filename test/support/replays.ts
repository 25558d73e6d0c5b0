import type { ApiResponse } from './api-client.ts';

export const isReplay = ({ headers }: ApiResponse): boolean => headers.get('Idempotency-Replayed') === 'true';

/** The parts of a response that its replay must repeat. */
export const replayedParts = ({ status, text, headers }: ApiResponse) => ({
  status,
  text,
  etag: headers.get('ETag'),
  location: headers.get('Location'),
});
