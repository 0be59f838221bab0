#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# curl, as in a shell script: an API key by a web session, then one round over /json/2 with it.
set -eu
server="http://${PARLEY_SERVER:-localhost:8069}"
jar=$(mktemp)
trap 'rm -f "$jar"' EXIT

web() {  # web PATH PARAMS: the answer's body, with the cookies of the session
    curl -sS --fail-with-body -b "$jar" -c "$jar" -H 'Content-Type: application/json' "$server/web/$1" -d "{\"id\": 1, \"params\": $2}"
}
button() { web dataset/call_button "{\"model\": \"$1\", \"method\": \"$2\", \"args\": [[$3]], \"kwargs\": $4}"; }
json2() {  # json2 MODEL/METHOD BODY: status and body
    curl -sS -w '%{http_code} ' -o /dev/stdout -H "Authorization: Bearer $key" -H 'X-Odoo-Database: v8dev' \
        -H 'Content-Type: application/json' "$server/json/2/$1" -d "$2"
}
document() { curl -sS -H "Authorization: Bearer $key" -H 'X-Odoo-Database: v8dev' "$server/doc-bearer/$1.json"; }
must_say() { case $2 in *"$1"*) ;; *) echo "no '$1' in: $2" >&2; exit 1 ;; esac; }

must_say '"uid": 2' "$(web session/authenticate '{"db": "v8dev", "login": "admin", "password": "admin"}')"
wish=$(web dataset/call_kw '{"model": "res.users.apikeys.description", "method": "create", "args": [{"name": "curl", "duration": "1"}], "kwargs": {}}' | sed -n 's/.*"result": *\([0-9]*\).*/\1/p')
check=$(button res.users.apikeys.description make_key "$wish" '{}' | sed -n 's/.*"res_id": *\([0-9]*\).*/\1/p')
must_say 'Incorrect password' "$(button res.users.identitycheck run_check "$check" '{"context": {"password": "wrong"}}')"
key=$(button res.users.identitycheck run_check "$check" '{"context": {"password": "admin"}}' | sed -n 's/.*"default_key": *"\([0-9a-f]*\)".*/\1/p')

must_say '"uid": 2' "$(json2 res.users/context_get '{}')"
id=$(json2 res.partner/create '{"vals_list": {"name": "curl \u00fc & <b>", "ref": "curl-2"}}' | sed -n 's/.*\[\([0-9]*\)\].*/\1/p')
must_say 'curl ü & <b>' "$(json2 res.partner/read "{\"ids\": [$id], \"fields\": [\"name\"]}")"
must_say 'true' "$(json2 res.partner/write "{\"ids\": $id, \"vals\": {\"city\": \"Louny\"}}")"
must_say "[$id]" "$(json2 res.partner/search '{"domain": [["city", "=", "Louny"], ["ref", "=", "curl-2"]]}')"
must_say 'true' "$(json2 res.partner/unlink "{\"ids\": [$id]}")"
must_say '404' "$(json2 no.such.model/search '{"domain": []}')"
must_say '422' "$(json2 res.partner/search '{}')"
must_say '"res.partner"' "$(document index)"
must_say '"search_read": {"signature": "(domain=None, fields=None' "$(document res.partner)"
own=$key key=0000000000000000000000000000000000000000
must_say '401' "$(json2 res.users/context_get '{}')"
key=$own
must_say "$(printf '%.8s' "$key")" "$(json2 res.users.apikeys/search_read '{"domain": [["name", "=", "curl"]], "fields": ["index"]}')"
row=$(json2 res.users.apikeys/search '{"domain": [["name", "=", "curl"]], "limit": 1}' | sed 's/.*\[\([0-9]*\)\].*/\1/')
must_say 'true' "$(json2 res.users.apikeys/unlink "{\"ids\": [$row]}")"
must_say '401' "$(json2 res.users/context_get '{}')"
