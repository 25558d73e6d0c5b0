import { isServiceName, newApiKey, parseScopes } from '../../adapters/auth/api-keys/api-key.ts';
import { InvalidConfiguration } from './config.ts';

/** `rollcall keys new`: a key, and the entry of `API_KEYS` that lets it in. @throws {InvalidConfiguration} */
export function newKey(name: string, scopes: string): readonly string[] {
  const granted = parseScopes(scopes, ',');
  const problems: string[] = [];
  if (!isServiceName(name)) {
    problems.push(
      `--name: ${JSON.stringify(name)} given; allowed: 1 to 63 of a-z, 0-9, ".", "_", "-", beginning with a letter or digit`,
    );
  }
  if (granted === undefined) {
    problems.push(
      `--scopes: ${JSON.stringify(scopes)} given; allowed: read, write, admin, separated by commas`,
    );
  }
  if (granted === undefined || problems.length > 0) throw new InvalidConfiguration(problems);
  const { key, entry } = newApiKey(name, granted);
  return [
    `key       ${key}`,
    `API_KEYS  ${entry}`,
    'The key is shown only now. Give it to the service, which sends "Authorization: ApiKey <key>"; add the entry to API_KEYS here.',
  ];
}
