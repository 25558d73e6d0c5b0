import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { newApiKey, parseApiKeys } from '../../../../src/adapters/auth/api-keys/api-key.ts';
import { ApiKeyAuthenticator } from '../../../../src/adapters/auth/api-keys/api-key-authenticator.ts';
import { HeaderAuthenticator } from '../../../../src/adapters/auth/header/header-authenticator.ts';
import type { Caller } from '../../../../src/domain/caller.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const KEYS = parseApiKeys(
  `billing:read+write:${sha256('key one')}, ops:admin:${sha256('key-two').toUpperCase()},billing:read:${sha256('key-3')}`,
);

async function outcomeOf(authorization: string | undefined): Promise<Caller | string> {
  try {
    return await new ApiKeyAuthenticator(KEYS ?? [], new HeaderAuthenticator()).authenticate(authorization);
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('ApiKeyAuthenticator', () => {
  it('knows a service by the SHA-256 of its whole key', async () => {
    expect(await outcomeOf('ApiKey key one')).to.deep.equal({
      type: 'service',
      name: 'billing',
      scopes: ['read', 'write'],
    });
    expect(await outcomeOf('apikey key-two')).to.deep.equal({
      type: 'service',
      name: 'ops',
      scopes: ['admin'],
    });
  });

  it('knows a service by each of its keys', async () => {
    expect(await outcomeOf('ApiKey key-3')).to.deep.equal({
      type: 'service',
      name: 'billing',
      scopes: ['read'],
    });
  });

  for (const wrong of [
    'ApiKey key-1',
    'ApiKey key-33',
    'ApiKey ',
    `ApiKey ${sha256('key-3')}`,
    'ApiKey billing',
  ]) {
    it(`refuses ${JSON.stringify(wrong)}`, async () => {
      expect(await outcomeOf(wrong)).to.equal('unauthenticated');
    });
  }

  it('leaves all other callers to the authenticator of users', async () => {
    expect(await outcomeOf(undefined)).to.deep.equal({ type: 'anonymous' });
    expect(await outcomeOf('ann')).to.deep.equal({ type: 'user', username: 'ann' });
  });

  it('asks for both kinds of credentials', () => {
    const { challenge } = new ApiKeyAuthenticator([], new HeaderAuthenticator());
    expect(challenge).to.equal('Username realm="rollcall", ApiKey realm="rollcall"');
  });
});

describe('API_KEYS', () => {
  const hash = sha256('x');
  for (const wrong of [
    '',
    'billing',
    `billing:read:${hash}:more`,
    `Billing:read:${hash}`,
    `:read:${hash}`,
    `billing::${hash}`,
    `billing:read+:${hash}`,
    `billing:read+owner:${hash}`,
    `billing:read,write:${hash}`,
    `billing:read:${hash.slice(1)}`,
    `billing:read:${hash}0`,
    `billing:read:${hash.replace(/^./, 'g')}`,
    `billing:read:${hash},`,
  ]) {
    it(`cannot be ${JSON.stringify(wrong.replaceAll(hash, '<hash>'))}`, () => {
      expect(parseApiKeys(wrong)).to.equal(undefined);
    });
  }

  it('takes what newApiKey makes, once only', async () => {
    const { key, entry } = newApiKey('billing', ['read', 'write']);
    expect(key).to.match(/^rollcall_[\w-]{43}$/);
    expect(entry).to.equal(`billing:read+write:${sha256(key)}`);
    expect(newApiKey('billing', ['read']).key).not.to.equal(key);
    const authenticator = new ApiKeyAuthenticator(parseApiKeys(entry) ?? [], new HeaderAuthenticator());
    expect(await authenticator.authenticate(`ApiKey ${key}`)).to.include({ name: 'billing' });
  });
});
