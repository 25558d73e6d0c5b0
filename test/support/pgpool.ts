import { PostgresPooler } from './postgres-pooler.ts';
import { ADMIN, PASSWORD, type PostgresServer, SERVICE } from './postgres-server.ts';

/** Starts pgpool-II with a primary and a standby. It routes statements that it classifies as reads to either. */
export function startPgpool(
  primary: PostgresServer,
  standby: PostgresServer,
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresPooler> {
  return PostgresPooler.start(
    {
      command: 'pgpool',
      packages: ['pgpool2', 'pgpool-ii'],
      args: (port, folder, write) => {
        write('pool_passwd', `${SERVICE}:TEXT${PASSWORD}\n${ADMIN}:TEXT${PASSWORD}\n`);
        const backends = [primary, standby].flatMap((server, node) => [
          [`backend_hostname${node}`, '127.0.0.1'],
          [`backend_port${node}`, String(server.port)],
          [`backend_data_directory${node}`, server.data],
          [`backend_weight${node}`, '1'],
        ]);
        const all = {
          backend_clustering_mode: 'streaming_replication',
          listen_addresses: '127.0.0.1',
          port: String(port),
          unix_socket_directories: folder,
          pcp_listen_addresses: '',
          pcp_socket_dir: folder,
          pid_file_name: `${folder}/pgpool.pid`,
          logdir: folder,
          sr_check_user: ADMIN,
          sr_check_password: PASSWORD,
          ...Object.fromEntries(backends),
          ...settings,
        };
        const lines = Object.entries(all).map(([name, value]) => `${name} = '${value}'\n`);
        return ['-n', '-f', write('pgpool.conf', lines.join(''))];
      },
    },
    primary,
  );
}
