#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh FOLDER SCRIPT: the clients of package.json are installed into FOLDER, once; then SCRIPT runs.
set -e
here=$(dirname "$2")
if [ ! -e "$1/npm/installed" ]; then
  mkdir -p "$1/npm"
  cp "$here/package.json" "$here/package-lock.json" "$1/npm"
  npm ci --prefix "$1/npm" --ignore-scripts --no-audit --no-fund --loglevel=error
  touch "$1/npm/installed"
fi
NODE_PATH=$1/npm/node_modules exec node "$2"
