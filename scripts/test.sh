#!/usr/bin/env bash
# test.sh [ARGUMENT...]: swift test, with a HAProxy 3.2 beside the machine's own. The tests find it by
# SPOA_MIRROR_HAPROXY_32, or skip what needs it if SPOA_MIRROR_NO_HAPROXY_32 is set.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PATH:/usr/sbin:/sbin

skipping() {
    echo '*** HAProxy 3.2 is not available: everything that needs it is SKIPPED ***' >&2
}

if [ -z "${SPOA_MIRROR_HAPROXY_32:-}" ]; then
    if output=$(scripts/haproxy-3.2.sh); then
        export SPOA_MIRROR_HAPROXY_32=${output##*$'\n'}
    elif [ "${CI:-}" = true ]; then
        echo 'test: CI=true, and CI may not go without HAProxy 3.2' >&2
        exit 1
    else
        export SPOA_MIRROR_NO_HAPROXY_32=1
        skipping
    fi
fi

# What failed is told once more at the end: the lines that matter are far apart in the output of a whole run.
output=$(mktemp)
trap 'rm -f "$output"; [ -z "${SPOA_MIRROR_NO_HAPROXY_32:-}" ] || skipping' EXIT
status=0
swift test "$@" 2>&1 | tee "$output" || status=$?
if [ "$status" -ne 0 ]; then
    printf '\n*** FAILED ***\n'
    grep -E 'recorded an issue|error:' "$output" | head -n 40 || true
fi
exit "$status"
