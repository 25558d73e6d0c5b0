import type { HttpServer } from '../../../adapters/http/http-server.ts';
import type { Config } from '../config/config.ts';

/** The service cannot listen on its address. */
export class CannotListen extends Error {
  override readonly name = 'CannotListen';
}

/** @returns the URL. @throws {CannotListen} */
export async function listen(server: HttpServer, { host, port }: Config): Promise<string> {
  try {
    return await server.listen(host, port);
  } catch (cause) {
    throw new CannotListen(messageOf(cause, host, port), { cause });
  }
}

function messageOf(cause: unknown, host: string, port: number): string {
  switch (cause instanceof Error && 'code' in cause ? cause.code : undefined) {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is already in use; set PORT to another port, or stop the process that uses it`;
    case 'EACCES':
      return `no permission to listen on port ${port}; set PORT to a port from 1024 to 65535`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST=${host} is not an address of this machine; set HOST to one that is, such as 127.0.0.1`;
    default:
      return `cannot listen on ${host}, port ${port}: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
}
