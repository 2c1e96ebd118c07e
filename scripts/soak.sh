#!/usr/bin/env bash
# soak.sh [MINUTES]: mixed traffic through HAProxy for so long (3), while settings change, mirrors fail and strangers talk
# nonsense, damaged recordings of HAProxy or half a frame, at random. Fails when a client sees an error, when a copy is not accounted for, or when memory or descriptors
# grow. In the environment:
#   SEED=N        what the changes are drawn from; printed, to run the same again
#   AGENT=PATH    an agent other than the release build
# shellcheck disable=SC2317 # some functions are called by their name in a trap or by poll
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL=C no_proxy='*'

minutes=${1:-3}
[[ $minutes =~ ^[1-9][0-9]*$ ]] || { echo "soak: '$minutes' is no number of minutes" >&2 && exit 64; }
seed=${SEED:-$((RANDOM * 32768 + RANDOM))}
RANDOM=$seed
echo "soak: $minutes minutes, SEED=$seed"

# Most a run may take: the queue (64 MiB), and what the agent is itself, with a thousand connections.
most_kilobytes=200000 most_descriptors=400

for tool in haproxy nginx wrk setpriv; do
    command -v "$tool" >/dev/null || { echo "soak: there is no $tool here" >&2 && exit 1; }
done
build=(swift build -c release --static-swift-stdlib)
for product in spoa-mirror mirrorctl Benchmarks; do "${build[@]}" --product "$product" >/dev/null; done
programs=$("${build[@]}" --show-bin-path)

# --- Processes --------------------------------------------------------------------------------------

tmp=$(mktemp -d)
pids=()
failures=0

clean_up() {
    trap '' HUP INT TERM
    for pid in "${pids[@]}" $(jobs -pr); do
        kill "$pid" 2>/dev/null || true
        kill -CONT "$pid" 2>/dev/null || true
    done
    wait || true
    rm -rf "$tmp"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' HUP TERM

wrong() {
    failures=$((failures + 1))
    echo "soak: WRONG after $SECONDS s: $*" >&2
}

poll() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.05
    done
}

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# start NAME COMMAND...: in the background; it dies with this script. Its id is in $pid.
start() {
    setpriv --pdeathsig KILL "${@:2}" >"$tmp/$1.out" 2>&1 &
    pid=$!
    pids+=("$pid")
}

# From below the range out of which the kernel takes the near ends of connections.
free_port() {
    port=$((20000 + RANDOM % 10000))
    while listening "$port"; do port=$((20000 + RANDOM % 10000)); done
}

nginx_at() { # NAME PORT ANSWER
    cat >"$tmp/$1.conf" <<EOF
daemon off; master_process off; pid $tmp/$1.pid; error_log $tmp/$1.error; events { worker_connections 4096; }
http {
    access_log off; client_body_temp_path $tmp/$1.body; proxy_temp_path $tmp/$1.proxy; client_max_body_size 1m;
    fastcgi_temp_path $tmp/$1.fastcgi; uwsgi_temp_path $tmp/$1.uwsgi; scgi_temp_path $tmp/$1.scgi;
    keepalive_requests 1000000; server { listen 127.0.0.1:$2 backlog=4096; location / { return 200 "$3\n"; } }
}
EOF
    start "$1" nginx -e "$tmp/$1.error" -c "$tmp/$1.conf"
    poll 10 listening "$2" || { echo "soak: $1 does not start" >&2 && exit 1; }
}

free_port && production=$port && nginx_at production "$production" production
free_port && good=$port && nginx_at mirror "$good" mirror && mirror_pid=$pid
declare -A mirrors=([good]="http://127.0.0.1:$good/")
for kind in slow hung resetting huge; do
    start "$kind" "$programs/Benchmarks" mirror "$kind"
    poll 10 test -s "$tmp/$kind.out" || { echo "soak: mirror $kind does not start" >&2 && exit 1; }
    mirrors[$kind]="http://127.0.0.1:$(head -n 1 "$tmp/$kind.out")/$kind"
done
free_port && mirrors[refusing]="http://127.0.0.1:$port/"

free_port && agent_port=$port
# The bounds are those of the figures above, whatever is set later.
start agent "${AGENT:-$programs/spoa-mirror}" -p "$agent_port" -u "${mirrors[good]}" -n 2 --max-in-flight 32 \
    --timeout 1s --connect-timeout 500ms --allow-core --admin-socket "$tmp/admin.sock" --state-file "$tmp/state" -l "A:$tmp/agent.log"
agent=$pid
poll 10 listening "$agent_port" || { cat "$tmp/agent.out" >&2 && exit 1; }

free_port && web=$port
sed -e 's,/etc/haproxy/,'"$tmp"/, -e 's,bind :80$,bind 127.0.0.1:'"$web", -e '/log \/dev\/log/d' \
    -e "s,127.0.0.1:8080,127.0.0.1:$production," -e "s,127.0.0.1:12345,127.0.0.1:$agent_port," \
    -e "s,^global\$,global\n    stats socket $tmp/haproxy.sock level admin," \
    "examples/haproxy/$(haproxy -v | sed -nE '1s/^[^0-9]*([0-9]+)\.([0-9]+).*/\1 \2/p' |
        { read -r major minor && [ $((major * 100 + minor)) -ge 301 ] && echo haproxy-3.1.cfg || echo haproxy.cfg; })" \
    >"$tmp/haproxy.cfg"
cp examples/haproxy/spoe-mirror.conf "$tmp/"
start haproxy haproxy -db -f "$tmp/haproxy.cfg"
poll 10 listening "$web" || { cat "$tmp/haproxy.out" >&2 && exit 1; }

# --- What is changed, and what must hold ------------------------------------------------------------

control() { "$programs/mirrorctl" -s "$tmp/admin.sock" -t 20 raw "$@"; }

pick() { echo "${@:1 + RANDOM % $#:1}"; }

restart_mirror() {
    kill "$mirror_pid"
    wait "$mirror_pid" || true
    sleep 0.$((RANDOM % 10))
    nginx_at mirror "$good" mirror
    mirror_pid=$pid
}

recordings=(Tests/SPOPTests/Fixtures/haproxy-*/{get,head,post-12k*,post-chunked,twelve*,80-headers*,h2-post}.bin)

# Bytes of the HELLO that a recording begins with.
hello_of() { od -An -tu1 -N4 "$1" | awk '{ print 4 + $3 * 256 + $4 }'; }

# damage FILE: some bytes behind its HELLO are others.
damage() {
    local hello size count place
    hello=$(hello_of "$1") size=$(stat -c %s "$1")
    for ((count = RANDOM % 6 + 1; count > 0; count--)); do
        place=$((hello + RANDOM % (size - hello)))
        printf '%b' "\\x$(printf %x $((RANDOM % 256)))" | dd of="$1" bs=1 seek=$place conv=notrunc status=none
    done
}

# say SECONDS: to the agent what comes from standard input, then listens for so long, or until it closes. Strangers may be
# cut off before they are done.
say() {
    local status=0
    (exec 3<>"/dev/tcp/127.0.0.1/$agent_port" && cat >&3 && exec timeout "$1" cat <&3 >/dev/null) 2>/dev/null || status=$?
    [ "$status" = 124 ]
}

# hold FILE: its HELLO, and a frame that goes no further. The agent cuts it off after 10 s.
hold() {
    local length=$((5 + RANDOM % 40))
    length=$((length + $(hello_of "$1")))
    { head -c $length "$1" | say 30 && echo "$1" >>"$tmp/held"; } &
}

strangers() {
    local count recording length
    for ((count = 0; count < 20; count++)); do
        recording=${recordings[RANDOM % ${#recordings[@]}]} length=$((RANDOM % 4000 + 1))
        case $((RANDOM % 4)) in
        0) head -c "$length" /dev/urandom | say 0.1 || true ;;
        1) say 0.1 </dev/null || true ;;
        2) cp "$recording" "$tmp/damaged" && damage "$tmp/damaged" && { say 0.1 <"$tmp/damaged" || true; } ;;
        3) hold "$recording" ;;
        esac
    done
}

change() {
    case $((RANDOM % 23)) in
    0 | 1 | 2 | 3) control "set url $(pick "${mirrors[@]}")" ;;
    4 | 5) control "set url ${mirrors[good]}" ;;
    6) control "set sample-rate $(pick 0% 0.5% 10% 50% 100%); set sample-key $(pick random source cookie:sid query:q,source)" ;;
    7) control "set sample-rate 100%; set methods all" ;;
    8) control "set methods $(pick all safe GET,POST)" ;;
    9) control "set timeout $(pick 50ms 300ms 1s 2s)" ;;
    10) control "set max-in-flight $(pick 1 8 32)" ;;
    11) control "set max-queue $(pick 1 100 10000)" ;;
    12) control "set max-queue-bytes $(pick 64KiB 1MiB 64MiB)" ;;
    13) control "set max-queue-age $(pick 100ms 1s 5s)" ;;
    14) control "set truncated-body $(pick drop send headers)" ;;
    15) control "set host-header $(pick preserve destination qa.example); set mark-header $(pick none 'X-Copy:\ yes'); set headers $(pick none 'remove:@credentials,add:X-QA:1')" ;;
    16) control "set log-level $(pick debug info error); set request-log $(pick off on query all); set request-log-rate $(pick auto 1 500)" ;;
    17) control "pause $(pick 1s 2s); show settings json; show connections" >/dev/null ;;
    18) control 'resume; save state; show errors; show metrics' >/dev/null ;;
    19) restart_mirror ;;
    20) strangers ;;
    21) control "set resend $(pick idempotent all never); set trace $(pick keep drop child)" ;;
    22) kill -STOP "$agent" && sleep 0.2 && kill -CONT "$agent" && kill -HUP "$agent" ;;
    esac
}

# Of the frontend: requests in error, and answers 4xx and 5xx. A connection that says nothing counts, too: the first look
# whether HAProxy is there, ours and wrk's.
client_errors() {
    echo 'show stat' | socat "$tmp/haproxy.sock" stdio | awk -F, '
        NR == 1 { sub(/^# /, ""); for (i = 1; i <= NF; i++) column[$i] = i }
        $1 == "web" && $2 == "FRONTEND" { print $column["ereq"], $column["hrsp_4xx"], $column["hrsp_5xx"] }'
}

# Of connections from HAProxy there are as many as it likes.
from_haproxy() {
    control 'show stat' | awk -F': ' '/^connections_opened:/ { n += $2 } /^connections_closed:/ { n -= $2 } END { print n }'
}

descriptors() { find "/proc/$agent/fd" -mindepth 1 | wc -l; }
kilobytes() { awk '/^VmRSS/ { print $2 }' "/proc/$agent/status"; }

balance() {
    control 'show stat' | awk -F': ' '
        { value[$1] = $2 }
        $1 ~ /_per_sec$/ { next }
        $1 ~ /^(skipped|dropped)_/ || $1 ~ /^(completed|queued|in_flight)$/ { ended += $2 }
        $1 ~ /^(responses|failed)_/ { completed += $2 }
        END {
            printf "received=%d completed=%d failed+responses=%d accounted=%d acks=%d\n", value["received"],
                value["completed"], completed, ended, value["acks"]
            exit !("received" in value && value["received"] == ended && value["completed"] == completed)
        }'
}

look() {
    kill -0 "$agent" 2>/dev/null || { wrong "the agent has ended: $(tail -n 3 "$tmp/agent.out")" && exit 1; }
    local now
    now=$(balance) || wrong "the account does not balance: $now"
    now=$(kilobytes)
    [ "$now" -lt "$most_kilobytes" ] || wrong "$now KB of memory"
    [ "$now" -le "${peak:-0}" ] || peak=$now
    now=$(descriptors)
    [ "$now" -lt "$most_descriptors" ] || wrong "$now descriptors"
    [ "$now" -le "${peak_descriptors:-0}" ] || peak_descriptors=$now
}

# The same settings, the good mirror, no copies left: what is held then must not grow from the first time to the last.
calm() {
    control "resume; set url ${mirrors[good]}; set max-in-flight 32; set max-queue 10000; set max-queue-bytes 64MiB; \
set sample-rate 100%; set timeout 1s; set max-queue-age 5s; set methods all; set log-level info" >/dev/null
    sleep 6
    calm_descriptors=$(($(descriptors) - $(from_haproxy))) calm_kilobytes=$(kilobytes)
}

start wrk env SOAK_SEED="$seed" wrk --timeout 20s -t 1 -c 48 -d $((minutes * 60))s -s scripts/soak.lua "http://127.0.0.1:$web/"
wrk=$pid
end=$((SECONDS + minutes * 60 - 15)) changes=0
sleep 5
first_errors=$(client_errors)
calm
first_descriptors=$calm_descriptors first_kilobytes=$calm_kilobytes
while [ "$SECONDS" -lt "$end" ]; do
    change >"$tmp/change.out" 2>&1 || wrong "a change was refused: $(cat "$tmp/change.out")"
    changes=$((changes + 1))
    look
    sleep 0.$((RANDOM % 10))
done
calm
look
# wrk is still running: it ends in the middle of requests.
errors=$(client_errors)
[ "$errors" = "$first_errors" ] || wrong "HAProxy counts client errors: ${errors:-none at all}, at first $first_errors"
wait "$wrk" || wrong 'wrk failed'
control 'wait drained 30s' >/dev/null || wrong 'copies are left'

# --- The reckoning ----------------------------------------------------------------------------------

clients=$(tail -n 1 "$tmp/wrk.out")
[[ $clients =~ connect=0\ read=0\ write=0\ status=0\ timeout=0$ ]] || wrong "clients saw errors: $clients"
account=$(balance) || wrong "the account does not balance: $account"
! grep -m 3 'no memory' "$tmp/agent.log" >&2 || wrong 'connections were closed for want of memory'
[ ! -s "$tmp/held" ] || wrong "frames were begun and not cut off: $(wc -l <"$tmp/held")"
[ "$calm_descriptors" -le $((first_descriptors + 32)) ] || wrong "descriptors grew: $first_descriptors, $calm_descriptors"
[ "$calm_kilobytes" -le $((first_kilobytes + 30000)) ] || wrong "memory grew: $first_kilobytes KB, $calm_kilobytes KB"
kill "$agent"
status=0
wait "$agent" || status=$?
[ "$status" = 0 ] || wrong "the agent ended with $status"

cat <<EOF
clients      $clients
copies       $account
changes      $changes
memory       $first_kilobytes KB at first, $calm_kilobytes KB at the end, $peak KB at most
descriptors  $first_descriptors at first, $calm_descriptors at the end; $peak_descriptors at most, with HAProxy's
EOF
[ "$failures" = 0 ] || { echo "soak: FAILED, $failures wrong; SEED=$seed" >&2 && exit 1; }
echo "soak: passed"
