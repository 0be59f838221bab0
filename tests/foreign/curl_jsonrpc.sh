#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# curl, as in a shell script: one round over /jsonrpc, ids cut out of the answers with sed.
set -eu
server="http://${PARLEY_SERVER:-localhost:8069}"

call() {  # call SERVICE METHOD ARGS: the answer's body
    curl -sS --fail-with-body -H 'Content-Type: application/json' "$server/jsonrpc" -d \
        "{\"jsonrpc\": \"2.0\", \"method\": \"call\", \"id\": 1, \"params\": {\"service\": \"$1\", \"method\": \"$2\", \"args\": $3}}"
}
ask() { call object execute_kw "[\"v8dev\", $uid, \"admin\", \"$1\", \"$2\", $3]"; }
number() { sed -n 's/.*"result": *\([0-9][0-9]*\).*/\1/p'; }
must_say() { case $2 in *"$1"*) ;; *) echo "no '$1' in: $2" >&2; exit 1 ;; esac; }

uid=$(call common login '["v8dev", "admin", "admin"]' | number)
id=$(ask res.partner create '[{"name": "curl \u00fc & <b>", "ref": "curl-1"}]' | number)
must_say 'curl ü & <b>' "$(ask res.partner read "[[$id], [\"name\"]]")"
must_say 'true' "$(ask res.partner write "[[$id], {\"city\": \"Louny\"}]")"
must_say "$id" "$(ask res.partner search '[[["city", "=", "Louny"], ["ref", "=", "curl-1"]]]')"
must_say 'true' "$(ask res.partner unlink "[[$id]]")"
must_say '"error"' "$(ask no.such.model search '[[]]')"
