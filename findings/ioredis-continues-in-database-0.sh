#!/usr/bin/env bash
# ioredis 5.11.1 with redis-server 7.0.15: a client for a database that the server does not have stays connected, and its
# commands run in database 0. SELECT fails; the client emits one 'error' event, its status is "ready", and a SET is
# acknowledged with OK. Expected: commands fail, or the connection is closed.
#
# Needs redis-server in the PATH (Debian: redis-server). Fails if the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
port=$((20000 + RANDOM % 10000))
redis-server --port "$port" --databases 4 --save '' --dir "$folder" >"$folder/redis.log" 2>&1 &
server=$!
trap 'kill "$server"; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ioredis@5.11.1
for _ in $(seq 50); do redis-cli -p "$port" ping >/dev/null 2>&1 && break || sleep 0.1; done

cat >client.cjs <<'JS'
const { Redis } = require('ioredis');
const port = Number(process.argv[2]);
(async () => {
  const client = new Redis({ port, db: 5, retryStrategy: () => null });
  const events = [];
  client.on('error', (error) => events.push(error.message));
  client.on('close', () => events.push('closed'));
  const reply = await client.set('key', 'value');
  await new Promise((resolve) => setTimeout(resolve, 500));
  const other = new Redis({ port });
  console.log(JSON.stringify({ reply, events, status: client.status, inDatabase0: await other.get('key') }));
  client.disconnect();
  other.disconnect();
})();
JS

redis-server --version
seen=$(timeout 20 node client.cjs "$port")
echo "$seen"
[ "$seen" = '{"reply":"OK","events":["ERR DB index is out of range"],"status":"ready","inDatabase0":"value"}' ]
