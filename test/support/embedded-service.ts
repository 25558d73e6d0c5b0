import { newApiKey } from '../../src/adapters/auth/api-keys/api-key.ts';
import { ApiClient } from './api-client.ts';
import { startComposedService } from './composed-service.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** The service as it is where nothing is set, SQLite with its cache in the process, and a service for each scope. */
export interface EmbeddedService {
  /** The database file. */
  readonly file: string;
  /** Without credentials. */
  readonly api: ApiClient;
  /** The services "reader", "writer" and "admin", each with the one scope. */
  readonly reader: ApiClient;
  readonly writer: ApiClient;
  readonly admin: ApiClient;
  /** Ends the service and leaves the file. */
  stop(): Promise<void>;
  /** Ends the service, where it was not stopped, and removes the file. */
  close(): Promise<void>;
}

/** @param fill puts something into the new database file before the service opens it */
export async function startEmbeddedService(fill?: (file: string) => Promise<void>): Promise<EmbeddedService> {
  const folder = temporaryFolder();
  const file = `${folder.path}/rollcall.db`;
  await fill?.(file);
  const reader = newApiKey('reader', ['read']);
  const writer = newApiKey('writer', ['write']);
  const admin = newApiKey('admin', ['admin']);
  const service = await startComposedService({
    STORE: 'sqlite',
    SQLITE_PATH: file,
    API_KEYS: [reader, writer, admin].map(({ entry }) => entry).join(),
  });
  const api = new ApiClient(service.url);
  const by = ({ key }: { readonly key: string }) => api.with({ Authorization: `ApiKey ${key}` });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= service.close();
    return stopped;
  };
  return {
    file,
    api,
    reader: by(reader),
    writer: by(writer),
    admin: by(admin),
    stop,
    close: async () => {
      await stop();
      folder.remove();
    },
  };
}
