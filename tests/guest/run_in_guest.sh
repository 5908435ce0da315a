#!/bin/bash
# The job: runs in the guest as /job/run, beside what tests/guest/job.ts wrote for it:
#   environment   variables for the tests, to be sourced
#   mounts        directories of the host that the guest sees read-only, "host<TAB>guest" a line
#   files         test files, a path below /repo a line
# and leaves in /job/out, for the n-th file, n.tap (results), n.err (standard error) and n.status
# (exit status, seconds).
set -a
. /job/environment
set +a
while IFS=$'\t' read -r host guest; do
  mount -t hostfs -o "ro,$host" none "$guest" || exit 125
done < /job/mounts
cd /repo || exit 125
ulimit -n 4096
n=0
while read -r file; do
  n=$((n + 1)) start=$SECONDS
  timeout -k 5 "$FILE_SECONDS" /deno/deno test --allow-all --no-check --reporter=tap "$file" \
    > "/job/out/$n.tap" 2> "/job/out/$n.err" < /dev/null
  echo "$? $((SECONDS - start))" > "/job/out/$n.status"
done < /job/files
dmesg > /job/out/dmesg
