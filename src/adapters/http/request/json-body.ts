import type { IncomingMessage } from 'node:http';
import { MIMEType } from 'node:util';
import getRawBody from 'raw-body';
import { InvalidRequest, PayloadTooLarge, UnsupportedMediaType } from '../errors.ts';
import { hasBody } from './has-body.ts';

const LIMIT_BYTES = 64 * 1024;

/**
 * The request's body: JSON in UTF-8, not compressed, up to 64 KiB; `undefined` where there is none. One that is too large
 * is refused as soon as that is known.
 * @throws {InvalidRequest | PayloadTooLarge | UnsupportedMediaType}
 */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  if (!hasBody(request)) return undefined;
  requireJson(request);
  const text = decode(await readBytes(request));
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(`the body is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}

function requireJson({ headers }: IncomingMessage): void {
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new UnsupportedMediaType('The body must not be compressed.');
  }
  const type = mimeType(headers['content-type'] ?? '');
  const charset = type?.params.get('charset') ?? 'utf-8';
  if (type?.essence !== 'application/json' || charset.toLowerCase() !== 'utf-8') {
    throw new UnsupportedMediaType('The body must be application/json in UTF-8.');
  }
}

function mimeType(text: string): MIMEType | undefined {
  try {
    return new MIMEType(text);
  } catch {
    return undefined;
  }
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  try {
    return await getRawBody(request, {
      limit: LIMIT_BYTES,
      length: request.headers['content-length'] ?? null,
    });
  } catch (error) {
    if (error instanceof Error && 'type' in error && error.type === 'entity.too.large') {
      throw new PayloadTooLarge(`The body is larger than ${LIMIT_BYTES / 1024} KiB.`);
    }
    throw invalid('the body did not arrive whole');
  }
}

/** Without a byte order mark, where there is one. */
function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalid('the body is not UTF-8');
  }
}

function invalid(message: string): InvalidRequest {
  return new InvalidRequest([{ path: '', message }]);
}
