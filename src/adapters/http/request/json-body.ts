import type { IncomingMessage } from 'node:http';
import { MIMEType } from 'node:util';
import getRawBody from 'raw-body';
import { quoted } from '../../../domain/invalid-value.ts';
import { InvalidRequest, PayloadTooLarge, UnsupportedMediaType } from '../errors.ts';
import { hasBody } from './has-body.ts';

const MAX_BYTES = 64 * 1024;

/**
 * The body of the request: uncompressed JSON in UTF-8, at most 64 KiB; `undefined` = there is none. A body that is too large
 * is rejected before it is received completely.
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
    throw invalid(`the body is not valid JSON: ${error instanceof Error ? error.message : error}`);
  }
}

function requireJson({ headers }: IncomingMessage): void {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    throw new UnsupportedMediaType(
      `Content-Encoding ${quoted(encoding)} is not supported; send the body uncompressed.`,
    );
  }
  const type = mimeType(headers['content-type'] ?? '');
  const charset = type?.params.get('charset') ?? 'utf-8';
  if (type?.essence !== 'application/json' || charset.toLowerCase() !== 'utf-8') {
    throw new UnsupportedMediaType(
      `Content-Type must be application/json in UTF-8 (given: ${quoted(headers['content-type'] ?? '')}).`,
    );
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
      limit: MAX_BYTES,
      length: request.headers['content-length'] ?? null,
    });
  } catch (error) {
    if (error instanceof Error && 'type' in error && error.type === 'entity.too.large') {
      throw new PayloadTooLarge(`The body is larger than the maximum of ${MAX_BYTES / 1024} KiB.`);
    }
    throw invalid('the body was not received completely');
  }
}

/** Without the byte order mark, if any. */
function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalid('the body is not valid UTF-8');
  }
}

function invalid(message: string): InvalidRequest {
  return new InvalidRequest([{ path: '', message }]);
}
