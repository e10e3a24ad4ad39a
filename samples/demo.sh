#!/usr/bin/env bash
# The main job on the embedded server: check, plan, apply, the same again, export; for CSV, then for XML. Each command is
# shown before its output. Exit codes that belong to the story (65: a roster with errors, 3: rows that were skipped) are
# told and expected; any other ends the demo.
set -euo pipefail

binary=${1:?usage: demo.sh PATH-TO-POLAR-SEATS}
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_STATE_HOME="$work/state"
unset POLAR_SERVER POLAR_ACCESS_TOKEN

run() {
    local expected=$1
    shift
    printf '\n$ polar-seats %s\n' "$*"
    local status=0
    "$binary" "$@" || status=$?
    if [ "$status" -ne 0 ]; then printf '(exit code %s)\n' "$status"; fi
    if [ "$status" -ne "$expected" ]; then
        printf 'demo: expected exit code %s\n' "$expected" >&2
        exit 1
    fi
}

team=11111111-1111-4111-8111-111111111111
order=33333333-3333-4333-8333-333333333333

run 0 embedded reset
run 65 check samples/onboarding.csv
run 0 plan samples/onboarding.csv --server embedded --subscription $team -o "$work/team.seatplan"
run 3 apply "$work/team.seatplan" --skip-invalid --report "$work/team.csv" --report "$work/team.json"
run 3 apply "$work/team.seatplan" --skip-invalid
run 0 export seats --server embedded --subscription $team -o "$work/seats.csv"
run 0 plan "$work/seats.csv" --server embedded

run 65 check samples/onboarding.xml
run 0 plan samples/onboarding.xml --server embedded --order $order -o "$work/order.seatplan"
run 3 apply "$work/order.seatplan" --skip-invalid --report "$work/order.csv"
run 3 apply "$work/order.seatplan" --skip-invalid
run 0 export seats --server embedded --order $order

printf '\nthe first rows of the report:\n'
head -n 4 "$work/team.csv"
printf '\ndemo: done\n'
