#!/usr/bin/env bash
# test.sh [ARGUMENT...]: swift test, with a HAProxy 3.0, 3.2 and 3.4 beside the machine's own. The tests find them by
# SPOA_MIRROR_HAPROXY_3_0 and so on, or skip what needs one if SPOA_MIRROR_NO_HAPROXY_3_0 and so on is 1.
set -euo pipefail
cd "$(dirname "$0")/.."

versions=(3.0 3.2 3.4)
skipped=
tmp=$(mktemp -d)

say_skipped() {
    [ -z "$skipped" ] || echo "*** not available, everything that needs it is SKIPPED: HAProxy$skipped ***" >&2
}
trap 'rm -rf "$tmp"; say_skipped' EXIT

for version in "${versions[@]}"; do
    path=SPOA_MIRROR_HAPROXY_${version/./_} skip=SPOA_MIRROR_NO_HAPROXY_${version/./_}
    [ -n "${!path:-}" ] || [ "${!skip:-}" = 1 ] || scripts/haproxy.sh "$version" >"$tmp/$version" &
done
wait

for version in "${versions[@]}"; do
    path=SPOA_MIRROR_HAPROXY_${version/./_} skip=SPOA_MIRROR_NO_HAPROXY_${version/./_}
    if [ -s "$tmp/$version" ]; then
        export "$path=$(<"$tmp/$version")"
    elif [ -z "${!path:-}" ]; then
        if [ "${!skip:-}" != 1 ] && [ "${CI:-}" = true ]; then
            echo "test: CI=true, and CI may not go without HAProxy $version" >&2
            exit 1
        fi
        export "$skip=1"
        skipped+=" $version"
    fi
done
say_skipped

# What failed is told once more at the end: the lines that matter are far apart in the output of a whole run.
status=0
swift test "$@" 2>&1 | tee "$tmp/output" || status=$?
if [ "$status" -ne 0 ]; then
    printf '\n*** FAILED ***\n'
    grep -E 'recorded an issue|error:' "$tmp/output" | head -n 40 || true
fi
exit "$status"
