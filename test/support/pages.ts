import { expect } from 'chai';
import type { ApiClient, ApiResponse } from './api-client.ts';

const MAX_PAGES = 1000;

/** Requests the pages of a list until the last one. @throws Error if the list does not end */
export async function* pages(client: ApiClient, list: string, limit: number): AsyncGenerator<ApiResponse> {
  let cursor = '';
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const response = await client.get(`${list}?limit=${limit}${cursor}`);
    expect(response.status, response.text).to.equal(200);
    yield response;
    const { nextCursor } = response.body;
    if (nextCursor === undefined) return;
    cursor = `&cursor=${encodeURIComponent(nextCursor)}`;
  }
  throw new Error(`${list} has more than ${MAX_PAGES} pages.`);
}
