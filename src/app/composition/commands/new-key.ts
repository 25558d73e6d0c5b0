import { isServiceName, newApiKey, parseScopes } from '../../../adapters/auth/api-keys/api-key.ts';
import { InvalidConfiguration } from '../config/invalid-configuration.ts';

/** `rollcall keys new`: generates an API key and its entry for `API_KEYS`. @throws {InvalidConfiguration} */
export function newKey(name: string, scopes: string): readonly string[] {
  const granted = parseScopes(scopes, ',');
  const problems: string[] = [];
  if (!isServiceName(name)) {
    problems.push(
      `--name: ${JSON.stringify(name)} is not valid; expected: 1 to 63 of a-z, 0-9, ".", "_", "-", starting with a letter or digit`,
    );
  }
  if (granted === undefined) {
    problems.push(
      `--scopes: ${JSON.stringify(scopes)} is not valid; expected: one or more of read, write, admin, comma-separated`,
    );
  }
  if (granted === undefined || problems.length > 0) {
    throw new InvalidConfiguration(problems, 'the command line is not valid');
  }
  const { key, entry } = newApiKey(name, granted);
  return [
    `key       ${key}`,
    `API_KEYS  ${entry}`,
    'The key is shown only once. Give it to the service, which sends "Authorization: ApiKey <key>"; add the entry to API_KEYS of Rollcall.',
  ];
}
