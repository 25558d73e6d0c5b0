import { expect } from 'chai';
import {
  InvalidMomentoKey,
  momentoCredentials,
} from '../../../../src/adapters/caches/momento/momento-credentials.ts';
import { parseMomentoSecret } from '../../../../src/adapters/caches/momento/momento-secret.ts';
import { V1_INNER_KEY, V1_TOKEN, V2_KEY } from './momento-keys.ts';

const ENDPOINT = 'v2.momento.test';

describe('momentoCredentials', () => {
  it('accepts a v2 key with its endpoint', () => {
    const credentials = momentoCredentials({ apiKey: V2_KEY, endpoint: ENDPOINT });
    expect(credentials.getAuthToken()).to.equal(V2_KEY);
    expect(credentials.getCacheEndpoint()).to.equal('cache.v2.momento.test');
    expect(credentials.getControlEndpoint()).to.equal('control.v2.momento.test');
    expect(credentials.isEndpointSecure()).to.equal(true);
  });

  it('accepts a v1 token, which contains its endpoint', () => {
    const credentials = momentoCredentials({ apiKey: V1_TOKEN });
    expect(credentials.getAuthToken()).to.equal(V1_INNER_KEY);
    expect(credentials.getCacheEndpoint()).to.equal('cache.v1.momento.test');
    expect(credentials.isEndpointSecure()).to.equal(true);
  });

  const invalid: Record<string, { apiKey: string; endpoint?: string }> = {
    'an empty key': { apiKey: '' },
    'a v2 key without its endpoint': { apiKey: V2_KEY },
    'a v1 token with an endpoint': { apiKey: V1_TOKEN, endpoint: ENDPOINT },
    'text that is not a key': { apiKey: 'SECRET-but-no-key' },
    'text that is not a key, with an endpoint': { apiKey: 'SECRET-but-no-key', endpoint: ENDPOINT },
    'a key with a line break': { apiKey: `${V2_KEY}\nmore`, endpoint: ENDPOINT },
    'a key with characters that are invalid in a header': { apiKey: `${V2_KEY}ä`, endpoint: ENDPOINT },
    'an endpoint that is a URL': { apiKey: V2_KEY, endpoint: 'https://v2.momento.test' },
    'an empty endpoint': { apiKey: V2_KEY, endpoint: '' },
  };
  for (const [name, key] of Object.entries(invalid)) {
    it(`rejects ${name} without disclosing it`, () => {
      try {
        momentoCredentials(key);
      } catch (error) {
        expect(error).to.be.instanceOf(InvalidMomentoKey);
        const { message, stack, cause } = error as Error;
        expect(cause).to.equal(undefined);
        for (const text of [message, stack]) {
          for (const part of [V2_KEY, V1_TOKEN, V1_INNER_KEY, 'SECRET']) expect(text).to.not.include(part);
        }
        return;
      }
      expect.fail('the key was accepted');
    });
  }
});

describe('parseMomentoSecret', () => {
  const valid: Record<string, [string, { apiKey: string; endpoint?: string }]> = {
    'the key itself': [V1_TOKEN, { apiKey: V1_TOKEN }],
    'the key with a trailing line break': [` ${V2_KEY}\n`, { apiKey: V2_KEY }],
    'JSON as written by the tutorial': [
      JSON.stringify({ MOMENTO_AUTH_TOKEN: V1_TOKEN }),
      { apiKey: V1_TOKEN },
    ],
    'JSON as written by Momento’s key rotation': [
      JSON.stringify({ apiKey: V1_TOKEN, refreshToken: 'again', validUntil: 1 }),
      { apiKey: V1_TOKEN },
    ],
    'JSON with the endpoint': [
      JSON.stringify({ apiKey: V2_KEY, endpoint: ENDPOINT }),
      { apiKey: V2_KEY, endpoint: ENDPOINT },
    ],
    'JSON with the names of the environment variables': [
      JSON.stringify({ MOMENTO_API_KEY: `${V2_KEY} `, MOMENTO_ENDPOINT: ENDPOINT }),
      { apiKey: V2_KEY, endpoint: ENDPOINT },
    ],
  };
  for (const [name, [text, key]] of Object.entries(valid)) {
    it(`reads ${name}`, () => expect(parseMomentoSecret(text)).to.deep.equal(key));
  }

  for (const text of ['{"password":"SECRET"}', '{"apiKey":7,"a":"SECRET"}', '{"apiKey": SECRET}', '{}']) {
    it(`rejects ${text.slice(0, 12)}… without disclosing it`, () => {
      expect(() => parseMomentoSecret(text))
        .to.throw(InvalidMomentoKey)
        .with.property('message')
        .that.does.not.include('SECRET');
    });
  }
});
