#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The `xmlrpc` command of xmlrpc-c. It can send single values only, so the calls are those that need
# no list and no dict: name_create, read and unlink of one id.
set -eu
server="http://${PARLEY_SERVER:-localhost:8069}"

must_say() {  # must_say TEXT COMMAND...: the command's output has the text
    wanted=$1; shift
    output=$("$@" 2>&1) || true
    case $output in *"$wanted"*) ;; *) echo "no '$wanted' in: $output" >&2; exit 1 ;; esac
}
ask() { xmlrpc "$server/xmlrpc/2/object" execute s/v8dev "i/$uid" s/admin s/res.partner "$@"; }

must_say 'protocol_version' xmlrpc "$server/xmlrpc/2/common" version
must_say 'Boolean: FALSE' xmlrpc "$server/xmlrpc/2/common" login s/v8dev s/admin s/wrong
uid=$(xmlrpc "$server/xmlrpc/2/common" login s/v8dev s/admin s/admin | sed -n 's/.*Integer: *//p')
id=$(ask s/name_create 's/Command & <line>' | sed -n 's/.*Integer: *//p' | head -n 1)
must_say 'Command & <line>' ask s/read "i/$id"
must_say 'Boolean: TRUE' ask s/unlink "i/$id"
must_say 'fault code 2' xmlrpc "$server/xmlrpc/2/object" execute s/v8dev "i/$uid" s/admin s/no.such.model s/read i/1
