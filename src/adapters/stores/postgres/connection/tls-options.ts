import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import type { TlsMode } from '../url/tls-mode.ts';

/** @returns `false` = without TLS @throws naming the parameter whose file cannot be read */
export function tlsOptionsFrom(tls: TlsMode): ConnectionOptions | false {
  const { mode, rootCertificate, certificate, key } = tls;
  if (mode === 'disable') return false;
  const isVerified = mode === 'verify-ca' || mode === 'verify-full';
  const hasOwnRoot = rootCertificate !== undefined && rootCertificate !== 'system';
  return {
    rejectUnauthorized: isVerified,
    ...(mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
    ...(hasOwnRoot ? { ca: contentOf('sslrootcert', rootCertificate) } : {}),
    ...(certificate === undefined ? {} : { cert: contentOf('sslcert', certificate) }),
    ...(key === undefined ? {} : { key: contentOf('sslkey', key) }),
  };
}

function contentOf(parameter: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${parameter} names a file that cannot be read: ${reason}`, { cause });
  }
}
