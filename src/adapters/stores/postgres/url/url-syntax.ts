/** The parts of a connection URL, decoded. An empty part is absent. */
export interface UrlParts {
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly hosts: readonly { readonly host: string; readonly port: string }[];
  readonly database: string | undefined;
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

/** The URL cannot be used. The problems never contain the password. */
export class InvalidDatabaseUrl extends Error {
  override readonly name = 'InvalidDatabaseUrl';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('; '));
    this.problems = problems;
  }
}

const SHAPE =
  /^postgres(?:ql)?:\/\/(?:(?<userinfo>[^/?]*)@)?(?<hosts>[^/?]*)(?:\/(?<database>[^?]*))?(?:\?(?<query>.*))?$/s;
const HOST = /^(?:\[(?<literal>[\da-fA-F:.%]+)\]|(?<name>[^:[\]]*))(?::(?<port>.*))?$/;

/**
 * Splits a URL as libpq does: `postgres://user:password@host:port,host:port/database?name=value`. `new URL` cannot: it allows
 * one host only, and requires one.
 * @throws {InvalidDatabaseUrl}
 */
export function splitUrl(url: string): UrlParts {
  const misplaced = misplacedCharacter(url);
  if (misplaced !== undefined) throw new InvalidDatabaseUrl([misplaced]);
  const { userinfo = '', hosts = '', database = '', query = '' } = SHAPE.exec(url)?.groups ?? {};
  const [user = '', ...password] = userinfo.split(':');
  return {
    user: decoded('user', user),
    password: decoded('password', password.join(':')),
    hosts: hosts === '' ? [] : hosts.split(',').map(hostOf),
    database: decoded('database', database),
    parameters: query === '' ? [] : query.split('&').map(parameterOf),
  };
}

/** The characters that end a part of the URL are the usual mistake in passwords. */
function misplacedCharacter(url: string): string | undefined {
  if (!/^postgres(ql)?:\/\//.test(url)) return 'it must begin with postgres:// or postgresql://';
  if (url.includes('#')) return 'it contains "#", which is not allowed; percent-encode it as %23';
  if (/\s/.test(url)) return 'it contains a space or a line break; percent-encode a space as %20';
  if (/%(?![\da-fA-F]{2})/.test(url)) {
    return 'it contains "%" without two hexadecimal digits; percent-encode it as %25';
  }
  const [authority = '', ...rest] = url.replace(/^[a-z]+:\/\//, '').split(/[/?]/);
  if (authority.split('@').length > 2) {
    return 'there is an "@" in the user or the password; percent-encode it as %40';
  }
  const isCutOff = !authority.includes('@') && authority.includes(':') && rest.join().includes('@');
  return isCutOff
    ? 'there seems to be a "/" or "?" in the password; percent-encode it as %2F or %3F'
    : undefined;
}

function hostOf(text: string): UrlParts['hosts'][number] {
  const found = HOST.exec(text)?.groups;
  if (found === undefined) {
    throw new InvalidDatabaseUrl([
      'a host is malformed; write host:port, and an IPv6 address in brackets, such as [::1]:5432',
    ]);
  }
  const { literal, name = '', port = '' } = found;
  return { host: literal ?? decoded('host', name) ?? '', port };
}

function parameterOf(text: string): readonly [string, string] {
  const [name = '', ...value] = text.split('=');
  return [decoded('parameter', name) ?? '', decoded(name, value.join('=')) ?? ''];
}

function decoded(part: string, text: string): string | undefined {
  if (text === '') return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new InvalidDatabaseUrl([`the ${part} is not UTF-8 where it is percent-encoded`]);
  }
}
