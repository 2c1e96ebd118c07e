#!/usr/bin/env bash
# check-hardening.sh: fails when systemd thinks that the unit is exposed more than 1.5 of 10, or does not understand it.
set -euo pipefail
cd "$(dirname "$0")/.."

threshold=15 # tenths
unit=packaging/systemd/spoa-mirror.service

# The program and the manual page are not installed where this runs.
complaints=$(systemd-analyze verify "$unit" packaging/systemd/spoa-mirror.socket 2>&1 |
    grep -F spoa-mirror | grep -Ev 'spoa-mirror is not executable|man spoa-mirror' || true)
if [ -n "$complaints" ]; then
    printf 'check-hardening: systemd-analyze verify says:\n%s\n' "$complaints" >&2
    exit 1
fi
if ! report=$(systemd-analyze security --no-pager --offline=true --threshold=$threshold "$unit" 2>&1); then
    grep '✗' <<<"$report" >&2 || true
    printf 'check-hardening: %s; allowed is %s\n' "$(tail -n 1 <<<"$report")" "$((threshold / 10)).$((threshold % 10))" >&2
    exit 1
fi
tail -n 1 <<<"$report"
