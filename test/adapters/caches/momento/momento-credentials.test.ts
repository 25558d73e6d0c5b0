import { expect } from 'chai';
import {
  InvalidMomentoKey,
  momentoCredentials,
} from '../../../../src/adapters/caches/momento/momento-credentials.ts';
import { parseMomentoSecret } from '../../../../src/adapters/caches/momento/momento-secret.ts';
import { V1_INNER_KEY, V1_TOKEN, V2_KEY } from './momento-keys.ts';

const ENDPOINT = 'v2.momento.test';

describe('Keys of Momento', () => {
  it('of version 2 go with their endpoint', () => {
    const credentials = momentoCredentials({ apiKey: V2_KEY, endpoint: ENDPOINT });
    expect(credentials.getAuthToken()).to.equal(V2_KEY);
    expect(credentials.getCacheEndpoint()).to.equal('cache.v2.momento.test');
    expect(credentials.getControlEndpoint()).to.equal('control.v2.momento.test');
    expect(credentials.isEndpointSecure()).to.equal(true);
  });

  it('of version 1 carry their endpoint', () => {
    const credentials = momentoCredentials({ apiKey: V1_TOKEN });
    expect(credentials.getAuthToken()).to.equal(V1_INNER_KEY);
    expect(credentials.getCacheEndpoint()).to.equal('cache.v1.momento.test');
    expect(credentials.isEndpointSecure()).to.equal(true);
  });

  const refused: Record<string, { apiKey: string; endpoint?: string }> = {
    'an empty key': { apiKey: '' },
    'a key of version 2 without its endpoint': { apiKey: V2_KEY },
    'a token of version 1 with an endpoint': { apiKey: V1_TOKEN, endpoint: ENDPOINT },
    'what is no key': { apiKey: 'SECRET-but-no-key' },
    'what is no key, with an endpoint': { apiKey: 'SECRET-but-no-key', endpoint: ENDPOINT },
    'a key with a line end': { apiKey: `${V2_KEY}\nmore`, endpoint: ENDPOINT },
    'a key with letters that no header takes': { apiKey: `${V2_KEY}ä`, endpoint: ENDPOINT },
    'an endpoint that is a URL': { apiKey: V2_KEY, endpoint: 'https://v2.momento.test' },
    'an empty endpoint': { apiKey: V2_KEY, endpoint: '' },
  };
  for (const [name, key] of Object.entries(refused)) {
    it(`are refused without being shown: ${name}`, () => {
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
      expect.fail('it was taken');
    });
  }
});

describe('Secrets that hold a key of Momento', () => {
  const read: Record<string, [string, { apiKey: string; endpoint?: string }]> = {
    'the key alone': [V1_TOKEN, { apiKey: V1_TOKEN }],
    'the key and a line end': [` ${V2_KEY}\n`, { apiKey: V2_KEY }],
    'as the tutorial writes it': [JSON.stringify({ MOMENTO_AUTH_TOKEN: V1_TOKEN }), { apiKey: V1_TOKEN }],
    'as the tool that renews keys writes it': [
      JSON.stringify({ apiKey: V1_TOKEN, refreshToken: 'again', validUntil: 1 }),
      { apiKey: V1_TOKEN },
    ],
    'with the endpoint': [
      JSON.stringify({ apiKey: V2_KEY, endpoint: ENDPOINT }),
      { apiKey: V2_KEY, endpoint: ENDPOINT },
    ],
    'by the names of the variables': [
      JSON.stringify({ MOMENTO_API_KEY: `${V2_KEY} `, MOMENTO_ENDPOINT: ENDPOINT }),
      { apiKey: V2_KEY, endpoint: ENDPOINT },
    ],
  };
  for (const [name, [text, key]] of Object.entries(read)) {
    it(`are read: ${name}`, () => expect(parseMomentoSecret(text)).to.deep.equal(key));
  }

  for (const text of ['{"password":"SECRET"}', '{"apiKey":7,"a":"SECRET"}', '{"apiKey": SECRET}', '{}']) {
    it(`are refused without being shown: ${text.slice(0, 12)}…`, () => {
      expect(() => parseMomentoSecret(text))
        .to.throw(InvalidMomentoKey)
        .with.property('message')
        .that.does.not.include('SECRET');
    });
  }
});
