import type { ApiKey } from '../../../adapters/auth/api-keys/api-key.ts';
import type { DatabaseTarget } from '../../../adapters/stores/postgres/url/database-url.ts';
import type { FreshnessSettings } from '../../freshness/freshness-settings.ts';
import type { LogLevel } from './variables.ts';

/** All settings, validated. Durations are in milliseconds. */
export interface Config {
  readonly host: string;
  /** 0 = a free port, chosen by the operating system. */
  readonly port: number;
  readonly store:
    | { readonly kind: 'memory' }
    | { readonly kind: 'sqlite'; readonly path: string }
    | ({ readonly kind: 'postgres' } & PostgresSettings)
    | ({ readonly kind: 'dynamodb' } & DynamoSettings);
  readonly cache:
    | { readonly kind: 'none' | 'memory' }
    | { readonly kind: 'redis'; readonly url: string; readonly prefix: string }
    | ({ readonly kind: 'momento' } & MomentoSettings);
  readonly auth: { readonly kind: 'header' };
  readonly apiKeys: readonly ApiKey[];
  readonly freshness: FreshnessSettings;
  readonly tombstoneTtlMs: number;
  readonly logLevel: LogLevel;
  /** 0 = no limit. */
  readonly rateLimitPerMinute: number;
  readonly shutdownTimeoutMs: number;
  /** Number of trusted proxies in front of the service. */
  readonly trustProxy: number;
  readonly corsOrigins: readonly string[];
}

export interface PostgresSettings {
  readonly target: DatabaseTarget;
  readonly poolMax: number;
}

export interface DynamoSettings {
  readonly tableName: string;
  /** `undefined` = the AWS SDK resolves it. */
  readonly region: string | undefined;
  /** `undefined` = the public endpoint of AWS. */
  readonly endpoint: string | undefined;
}

export interface MomentoSettings {
  readonly cacheName: string;
  readonly access: MomentoAccess;
}

/** A server without TLS, an API key, or a secret in AWS Secrets Manager that contains the key. */
export type MomentoAccess =
  | { readonly kind: 'local'; readonly host: string; readonly port: number }
  | { readonly kind: 'key'; readonly apiKey: string; readonly endpoint: string | undefined }
  | {
      readonly kind: 'secret';
      readonly secretId: string;
      readonly endpoint: string | undefined;
      readonly region: string | undefined;
    };
