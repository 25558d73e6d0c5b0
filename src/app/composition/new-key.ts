import { isServiceName, newApiKey, parseScopes } from '../../adapters/api-keys/api-key.ts';
import { ConfigRefused } from './config.ts';

/** `rollcall keys new`: a key, and the entry of `API_KEYS` that lets it in. @throws {ConfigRefused} */
export function newKey(name: string, scopes: string): readonly string[] {
  const granted = parseScopes(scopes, ',');
  const mistakes: string[] = [];
  if (!isServiceName(name)) {
    mistakes.push(
      `--name: ${JSON.stringify(name)} given; allowed: 1 to 63 of a-z, 0-9, ".", "_", "-", beginning with a letter or digit`,
    );
  }
  if (granted === undefined) {
    mistakes.push(
      `--scopes: ${JSON.stringify(scopes)} given; allowed: read, write, admin, separated by commas`,
    );
  }
  if (granted === undefined || mistakes.length > 0) throw new ConfigRefused(mistakes);
  const { key, entry } = newApiKey(name, granted);
  return [
    `key       ${key}`,
    `API_KEYS  ${entry}`,
    'The key is shown only now. Give it to the service, which sends "Authorization: ApiKey <key>"; add the entry to API_KEYS here.',
  ];
}
