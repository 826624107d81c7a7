#!/bin/sh
# The sensor starts through the launcher, which alone may open packet sockets; nothing else does.
set -eu
home=/usr/lib/onlooker
if [ "${1:-run}" = run ]; then
  [ $# -eq 0 ] || shift
  exec "$home/native/build/Release/onlooker-launch" --sockets 64 -- \
    node "$home/dist/onlooker/main.js" run "$@"
fi
exec node "$home/dist/onlooker/main.js" "$@"
