#!/usr/bin/env bash
# sanitize.sh thread|address [FILTER]: the unit tests with ThreadSanitizer or AddressSanitizer, then the end-to-end tests with
# an agent built so. Fails when a test does, when the filter finds none, or when a sanitizer has anything to say of the agent
# or of a unit test.
# libev, libcurl and Swift's own libraries are not instrumented. ThreadSanitizer is told to pass over nothing; what
# LeakSanitizer passes over is in scripts/leaks.supp, with the reasons.
set -euo pipefail
cd "$(dirname "$0")/.."
case ${1:-} in
thread) flags=(-Xswiftc -DTHREAD_SANITIZER) ;;
address) flags=() ;;
*) echo 'usage: sanitize.sh thread|address [FILTER]' >&2 && exit 64 ;;
esac
filter=${2:-.}
scratch=$PWD/.build-$1
reports=$scratch/reports
mkdir -p "$reports"
rm -f "$reports"/*

swift build --build-tests --sanitize="$1" --scratch-path "$scratch" "${flags[@]}"
# The programs under test end by signals as often as by themselves: what they report is found in files.
# Swift's own crash handler reads memory that AddressSanitizer watches, and does not come back from it.
export SWIFT_BACKTRACE=enable=no
options=log_path=$reports/report:exitcode=66
export TSAN_OPTIONS=$options ASAN_OPTIONS=$options:detect_leaks=1
export LSAN_OPTIONS=suppressions=$PWD/scripts/leaks.supp:print_suppressions=0

# A filter may find tests of both kinds. The end-to-end tests themselves are not instrumented: only the agent they start is.
tests=$(swift test list --skip-build --sanitize="$1" --scratch-path "$scratch" | grep -E "$filter" || true)
[ -n "$tests" ] || { echo "sanitize: no test is called '$filter'" >&2 && exit 1; }
failed=0
if grep -qv '^EndToEndTests\.' <<<"$tests"; then
    swift test --skip-build --sanitize="$1" --scratch-path "$scratch" --filter "$filter" --skip '^EndToEndTests\.' || failed=1
fi
if grep -q '^EndToEndTests\.' <<<"$tests"; then
    SPOA_MIRROR_BINARY=$scratch/debug/spoa-mirror SPOA_MIRROR_SANITIZED=$1 \
        scripts/test.sh --filter "$filter" --skip '^(System|Stats|SPOP|Agent|AdminSocket)Tests\.' || failed=1
fi
shopt -s nullglob
for report in "$reports"/*; do
    failed=1
    echo "--- $report" >&2
    grep -E -A 12 'WARNING|ERROR' "$report" | cut -c1-200 | head -n 40 >&2
done
exit $failed
