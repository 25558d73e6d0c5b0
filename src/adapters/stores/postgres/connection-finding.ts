import type { Finding } from '../../../ports/diagnosis.ts';
import type { OpenedConnection } from './connection/postgres-pool.ts';
import { describeHost, isSocketFolder } from './url/database-url.ts';
import type { TlsMode } from './url/tls-mode.ts';

/** A connection as this end and the server see it. */
interface SeenConnection extends OpenedConnection {
  /** The version of TLS on the server's own connection; `undefined` = it is not encrypted. */
  readonly serverTls: string | undefined;
}

const ADVICE =
  'set sslmode=verify-full in DATABASE_URL, and sslrootcert= to the file of the CA if it is a private one';

const VERIFIED: Readonly<Record<TlsMode['mode'], string>> = {
  disable: 'server not verified',
  prefer: 'server not verified',
  require: 'server not verified',
  'verify-ca': 'certificate verified, host name not verified',
  'verify-full': 'certificate and host name verified',
};

/** Whether the connection is encrypted, and the server verified. What never leaves this machine needs neither. */
export function connectionFinding(seen: SeenConnection, { mode }: TlsMode): Finding {
  const { endpoint, isEncrypted, serverTls } = seen;
  const { host } = endpoint;
  const to = `postgresql: connection to ${describeHost(endpoint)}`;
  if (isSocketFolder(host)) return { level: 'ok', what: `${to}: Unix socket` };
  const isSafe = isLoopback(host) || mode === 'verify-full';
  const what = isEncrypted
    ? `${to}: encrypted${serverTls === undefined ? '' : ` (${serverTls})`}, ${VERIFIED[mode]} (sslmode=${mode})`
    : `${to}: not encrypted`;
  if (isEncrypted && serverTls === undefined) {
    const beyond = `${what}; beyond a pooler or proxy there, the connection to the server is not encrypted`;
    return { level: isLoopback(host) ? 'ok' : 'warning', what: beyond };
  }
  if (isSafe) return { level: 'ok', what };
  return { level: 'warning', what, advice: ADVICE };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
