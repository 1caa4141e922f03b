#!/bin/sh
# Run with: kpn-sandbox exec -- sh run.sh
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
kpn-sandbox postman "$folder" >"$folder/written"
newman run "$folder/kpn-dashboard-server.postman_collection.json" \
    --environment "$folder/kpn-sandbox.postman_environment.json" \
    --env-var "base_url=$KPN_SANDBOX_URL" \
    --env-var "client_id=$KPN_SANDBOX_CLIENT_ID" --env-var "client_secret=$KPN_SANDBOX_CLIENT_SECRET" --bail
