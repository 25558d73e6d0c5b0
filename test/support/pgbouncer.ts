import { PostgresPooler } from './postgres-pooler.ts';
import { PASSWORD, type PostgresServer, SERVICE } from './postgres-server.ts';

/** Starts PgBouncer with transaction pooling. */
export function startPgBouncer(
  server: PostgresServer,
  { poolSize }: { poolSize: number },
): Promise<PostgresPooler> {
  return PostgresPooler.start(
    {
      command: 'pgbouncer',
      packages: ['pgbouncer', 'pgbouncer'],
      args: (port, _folder, write) => {
        const users = write('users.txt', `"${SERVICE}" "${PASSWORD}"\n`);
        const settings = `[databases]
* = host=127.0.0.1 port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = transaction
default_pool_size = ${poolSize}
max_client_conn = 200
`;
        return ['-q', write('pgbouncer.ini', settings)];
      },
    },
    server,
  );
}
