#!/bin/sh
# Run with: kpn-sandbox exec -- sh agents.sh
set -eu

token=$(curl -sS -X POST "$KPN_SANDBOX_URL/oauth/client_credential/accesstoken?grant_type=client_credentials" \
    -d "client_id=$KPN_SANDBOX_CLIENT_ID&client_secret=$KPN_SANDBOX_CLIENT_SECRET" |
    sed -n 's/.*"access_token" : "\([^"]*\)".*/\1/p')

status() { curl -sS -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $token" "$@" "$KPN_SANDBOX_URL/agents"; }
turn() { curl -sSf -o /dev/null -u "$KPN_SANDBOX_CLIENT_ID:$KPN_SANDBOX_CLIENT_SECRET" -X "$1" -d "$3" \
    "$KPN_SANDBOX_URL/_sandbox/accounts/$KPN_SANDBOX_CLIENT_ID$2"; }

test "$(status)" = 200
test "$(status -H 'Prefer: code=503')" = 503
turn POST /faults '{"api": "kpn", "operation": "agents", "outcomes": [{"status": 429}]}'
test "$(status)" = 429
turn POST /clock/advance '{"seconds": 3600}'
test "$(status)" = 401
echo "all is well"
