#!/usr/bin/env bash
# SQLite 3.39.3 and 3.45.2 (npm packages sql.js 1.8.0 and 1.12.0): json_valid(NULL) is 0 in the former and NULL in the latter.
# A column with CHECK (json_valid(x)) therefore accepts NULL in 3.45 and refuses it in 3.39: a file that the newer version
# wrote is damaged for the older one, whose integrity check and reload of a dump fail. Expected: NULL in both, as for most
# functions of NULL. With CHECK (x IS NULL OR json_valid(x)) both versions agree.
#
# Fails if the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund older@npm:sql.js@1.8.0 newer@npm:sql.js@1.12.0

cat >versions.cjs <<'JS'
const attempt = (database, check) => {
  database.run(`CREATE TABLE "${check}" (x TEXT CHECK (${check}))`);
  try {
    database.run(`INSERT INTO "${check}" VALUES (NULL)`);
    return 'accepted';
  } catch (error) {
    return error.message;
  }
};
(async () => {
  for (const name of ['older', 'newer']) {
    const SQL = await require(name)();
    const database = new SQL.Database();
    const [{ values }] = database.exec('SELECT sqlite_version(), json_valid(NULL)');
    console.log(values[0].map(String).join(' '), '|', attempt(database, 'json_valid(x)'), '|', attempt(database, 'x IS NULL OR json_valid(x)'));
  }
  // One file, written by the newer version and checked by the older one.
  const written = new (await require('newer')()).Database();
  written.run('CREATE TABLE t (x TEXT CHECK (json_valid(x)))');
  written.run('INSERT INTO t VALUES (NULL)');
  const read = new (await require('older')()).Database(written.export());
  console.log(read.exec('PRAGMA integrity_check')[0].values[0][0]);
})();
JS

seen=$(node versions.cjs)
echo "$seen"
[ "$seen" = '3.39.3 0 | CHECK constraint failed: json_valid(x) | accepted
3.45.2 null | accepted | accepted
CHECK constraint failed in t' ]
