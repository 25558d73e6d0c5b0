const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Invented keys in the formats that Momento issues. */
export const V2_KEY = `${base64url({ alg: 'none' })}.${base64url({ t: 'g', jti: 'v2' })}.made-up-v2`;
export const V1_INNER_KEY = `${base64url({ alg: 'none' })}.${base64url({ sub: 'v1' })}.made-up-v1`;
export const V1_TOKEN = Buffer.from(
  JSON.stringify({ api_key: V1_INNER_KEY, endpoint: 'v1.momento.test' }),
).toString('base64');
