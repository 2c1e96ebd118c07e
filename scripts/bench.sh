#!/usr/bin/env bash
# bench.sh [OPTION...]: measures the agent, started with these options, and prints a table. In the environment:
#   QUICK=1           everything at its shortest, under a minute: shows that it works, not how fast
#   BENCH_ROWS=TEXT   only the rows with this text in their names, such as 'hung' or 'HAProxy'
#   BENCH_RUNS=N      runs of each row, of which medians are shown (3; QUICK: 1)
#   BENCH_SECONDS=S   length of one run of the load generator (2; QUICK: 0.8)
#   BENCH_ROUNDS=N    rounds of 20 000 requests per second with a hung mirror, on the same agent (1)
#   BENCH_JSON=FILE   where the raw values go (.build/bench.json)
#   BENCH_YARDSTICKS='NAME=COMMAND;...'
#                     other agents to measure beside this one; {url} in a command is the mirror, {port} the
#                     port to listen on (12345 where it does not occur)
#   AGENT=PATH        an agent other than the release build
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PATH:/usr/sbin:/sbin
# All of it is on this machine, so no proxy of the environment is wanted.
export LC_ALL=C no_proxy='*'

for tool in haproxy nginx wrk setpriv; do
    command -v "$tool" >/dev/null || { echo "bench: there is no $tool here" >&2 && exit 1; }
done

build=(swift build -c release --static-swift-stdlib)
[ -n "${AGENT:-}" ] || "${build[@]}" --product spoa-mirror >&2
"${build[@]}" --product Benchmarks >&2
programs=$("${build[@]}" --show-bin-path)

# The programs that the benchmark starts die with it, however it ends; here is only left to remove its files.
tmp=$(mktemp -d)
benchmarks=
clean_up() {
    trap '' HUP INT TERM
    [ -z "$benchmarks" ] || kill "$benchmarks" 2>/dev/null || true
    wait || true
    rm -rf "$tmp"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' HUP TERM

"$programs/Benchmarks" run "${AGENT:-$programs/spoa-mirror}" "$tmp" "$@" &
benchmarks=$!
wait "$benchmarks"
