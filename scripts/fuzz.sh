#!/usr/bin/env bash
# fuzz.sh [DURATION [NAME...]]: runs each fuzzer, or those named, for DURATION seconds (60), two at a time, and tells how many
# inputs a second it tried. Fails when one found an input that is not handled well, and says where that input is kept.
# What they learn stays in .build-fuzz/corpus, where the next run goes on from. JOBS=n runs n at a time.
set -euo pipefail
cd "$(dirname "$0")/.."
duration=${1:-60}
[[ $duration =~ ^[1-9][0-9]*$ ]] || { echo "fuzz: '$duration' is no number of seconds" >&2 && exit 64; }
shift || true
names=("$@")
[ ${#names[@]} -gt 0 ] || names=(session notify admin options state http answer)

scratch=.build-fuzz
found=$scratch/found
mkdir -p "$found" "$scratch/log"
export SPOA_MIRROR_FUZZ=1
swift build -c release --scratch-path "$scratch" --product fuzz
fuzz=$scratch/release/fuzz
# Swift's own crash handler reads memory that AddressSanitizer watches, and does not come back from it.
export SWIFT_BACKTRACE=enable=no
"$fuzz" seeds Tests/SPOPTests/Fixtures "$scratch/corpus"

run() {
    local name=$1 length=4096
    [ "$name" = session ] && length=16384
    # Should a fuzzer hang where its own time-out does not reach, it ends all the same.
    timeout -k 10 $((duration + 120)) "$fuzz" "$name" -max_total_time="$duration" -max_len=$length -timeout=60 \
        -rss_limit_mb=2048 -malloc_limit_mb=256 -print_final_stats=1 -artifact_prefix="$found/$name-" \
        "$scratch/corpus/$name" >"$scratch/log/$name" 2>&1
}

report() {
    local name=$1 status=$2 log=$scratch/log/$1
    printf '%-8s %s: %s inputs, %s a second\n' "$name" "$([ "$status" = 0 ] && echo ok || echo FAILED)" \
        "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" \
        "$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")"
    [ "$status" = 0 ] && return 0
    grep -E 'Fatal error|ERROR:|written to' "$log" | cut -c1-300 || tail -n 5 "$log"
    return 1
}

failed=0
while [ ${#names[@]} -gt 0 ]; do
    batch=("${names[@]:0:${JOBS:-2}}")
    names=("${names[@]:${JOBS:-2}}")
    declare -A pids=()
    for name in "${batch[@]}"; do run "$name" & pids[$name]=$!; done
    for name in "${batch[@]}"; do
        status=0
        wait "${pids[$name]}" || status=$?
        report "$name" $status || failed=1
    done
done
exit $failed
