#!/usr/bin/env bash
# mocha 12.0.3: a promise that is rejected without a handler while a test runs neither fails the test nor changes the exit
# code, serial or with --parallel; node alone would end the process with code 1. Expected: a failed run.
#
# Fails if the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund mocha@12.0.3
cat >rejection.test.mjs <<'JS'
import { setTimeout as sleep } from 'node:timers/promises';
it('leaves a rejection unhandled', async () => {
  void Promise.reject(new Error('lost'));
  await sleep(50);
});
JS
node --version
for mode in '' --parallel; do
  # shellcheck disable=SC2086
  seen=$(npx mocha $mode rejection.test.mjs 2>&1) && code=0 || code=$?
  echo "mocha $mode: exit code $code"
  echo "$seen"
  [ "$code" = 0 ]
  grep -q '1 passing' <<<"$seen"
  ! grep -q 'failing' <<<"$seen"
done
