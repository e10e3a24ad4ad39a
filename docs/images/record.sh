#!/usr/bin/env bash
# docs/images/record.sh PATH-TO-POLAR-SEATS: takes report.png, the picture of the README, again from the embedded server's
# data. Needs Chromium. Look at the picture before you commit it.
set -euo pipefail
binary=$(realpath "${1:?usage: record.sh PATH-TO-POLAR-SEATS}")
root=$(realpath "$(dirname "$0")/../..")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HOME=$work XDG_STATE_HOME=$work/state POLAR_SERVER=embedded
unset POLAR_ACCESS_TOKEN
team=11111111-1111-4111-8111-111111111111

# A team of two dozen, four weeks ago.
"$binary" plan "$root/samples/onboarding.csv" --subscription $team --skip-invalid -o hires.seatplan >/dev/null 2>&1
"$binary" apply hires.seatplan >/dev/null 2>&1 || test $? -eq 3
# Today's roster: a few have left, a few are new, one has an address that the server refuses.
"$binary" export seats --columns email -o everyone.csv >/dev/null 2>&1
grep -vE 'grace|linus|margaret|felix|rosa.delgado\+|hank|dora|frank' everyone.csv >roster.csv
for name in amara.diallo jonas.weber linh.tran mateo.silva; do echo "$name@acme-co.dev" >>roster.csv; done
echo 'noor.bakker@no-such-domain.dev' >>roster.csv
"$binary" plan roster.csv --subscription $team --mode mirror -o team.seatplan >/dev/null 2>&1
"$binary" apply team.seatplan --report report.html >/dev/null 2>&1 || test $? -eq 3

chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars --force-device-scale-factor=1 \
    --window-size=1200,1000 --screenshot="$work/report.png" "file://$work/report.html" >/dev/null 2>&1
install -m 0644 "$work/report.png" "$root/docs/images/report.png"
