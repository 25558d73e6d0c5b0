import { parseArgs } from 'node:util';

export interface CurlAnswer {
  readonly status: number;
  readonly body: string;
}

/** Sends what `curl` would send, so that the test needs nothing but Node. `localhost:3000` is the service at `url`. */
export async function curl(args: readonly string[], url: string): Promise<CurlAnswer> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      include: { type: 'boolean', short: 'i' },
      silent: { type: 'boolean', short: 's' },
      header: { type: 'string', short: 'H', multiple: true, default: [] },
      data: { type: 'string', short: 'd' },
      request: { type: 'string', short: 'X' },
    },
  });
  const [address = ''] = positionals;
  if (!address.startsWith('localhost:3000/')) throw new Error(`curl is to ask ${address}`);
  const response = await fetch(address.replace('localhost:3000', url), {
    method: values.request ?? (values.data === undefined ? 'GET' : 'POST'),
    headers: values.header.map((header) => header.split(': ', 2) as [string, string]),
    ...(values.data === undefined ? {} : { body: values.data }),
  });
  return { status: response.status, body: await response.text() };
}
