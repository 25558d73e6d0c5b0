import type { Parameter } from './url-parameters.ts';

const MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
type Mode = (typeof MODES)[number];

/** How connections are encrypted, and what is verified; as libpq documents `sslmode`. */
export interface TlsMode {
  readonly mode: Mode;
  /** The file of the CA that must have signed the server's certificate; `system` and absent = the CAs of Node. */
  readonly rootCertificate?: string;
  /** The file of the client's certificate, and of its key. */
  readonly certificate?: string;
  readonly key?: string;
  /** TLS begins without asking the server whether it supports it; from PostgreSQL 17. */
  readonly isDirect?: true;
}

type Parameters = Readonly<Partial<Record<Parameter, string>>>;

/** @param problems receives what is wrong */
export function tlsModeFrom(parameters: Parameters, problems: string[]): TlsMode {
  const { sslrootcert, sslcert, sslkey, sslnegotiation } = parameters;
  const mode = effectiveMode(parameters, problems);
  const isRequired = mode !== 'disable' && mode !== 'prefer';
  if (!isRequired) {
    for (const name of ['sslrootcert', 'sslcert', 'sslkey'] as const) {
      if (parameters[name] !== undefined && !(name !== 'sslrootcert' && mode === 'prefer')) {
        problems.push(`${name} has no effect with sslmode=${mode}; write sslmode=verify-full`);
      }
    }
  }
  if (sslcert !== undefined && sslkey === undefined)
    problems.push('sslcert needs sslkey, the file of its key');
  if (sslkey !== undefined && sslcert === undefined)
    problems.push('sslkey needs sslcert, the file of its certificate');
  if (sslnegotiation !== undefined && sslnegotiation !== 'postgres' && sslnegotiation !== 'direct') {
    problems.push('sslnegotiation must be postgres or direct');
  }
  if (sslnegotiation === 'direct' && !isRequired) {
    problems.push('sslnegotiation=direct needs sslmode=require, verify-ca or verify-full');
  }
  problems.push(...unsupportedSecurity(parameters));
  return {
    mode,
    ...(sslrootcert === undefined ? {} : { rootCertificate: sslrootcert }),
    ...(sslcert === undefined ? {} : { certificate: sslcert }),
    ...(sslkey === undefined ? {} : { key: sslkey }),
    ...(sslnegotiation === 'direct' ? { isDirect: true } : {}),
  };
}

function effectiveMode({ sslmode, sslrootcert }: Parameters, problems: string[]): Mode {
  const usesSystem = sslrootcert === 'system';
  const given = sslmode ?? (usesSystem ? 'verify-full' : 'prefer');
  if (!isMode(given)) {
    problems.push(invalidMode(given));
    return 'verify-full';
  }
  if (usesSystem && given !== 'verify-full') {
    problems.push(
      'sslrootcert=system needs sslmode=verify-full: anybody can get a certificate of a public CA',
    );
    return 'verify-full';
  }
  return given === 'require' && sslrootcert !== undefined ? 'verify-ca' : given;
}

function isMode(text: string): text is Mode {
  return (MODES as readonly string[]).includes(text);
}

function invalidMode(given: string): string {
  if (given === 'allow') {
    return 'sslmode=allow is not supported, because it prefers connections without encryption; write prefer or require';
  }
  if (given === 'no-verify')
    return 'sslmode=no-verify is not a mode of libpq; write require, which encrypts and does not verify';
  return `sslmode must be one of ${MODES.join(', ')}`;
}

/** Demands that would silently not be met. */
function unsupportedSecurity({ channel_binding, gssencmode }: Parameters): string[] {
  return [
    ...(channel_binding === undefined || ['disable', 'prefer'].includes(channel_binding)
      ? []
      : [
          `channel_binding=${channel_binding} is not supported, because the driver cannot demand it; remove it, and verify the server with sslmode=verify-full`,
        ]),
    ...(gssencmode === undefined || ['disable', 'prefer'].includes(gssencmode)
      ? []
      : [`gssencmode=${gssencmode} is not supported; remove it, and use sslmode=verify-full`]),
  ];
}
