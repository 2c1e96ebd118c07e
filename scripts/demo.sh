#!/usr/bin/env bash
# demo.sh: real traffic through HAProxy, with an nginx as production and another as mirror, and proof that
# the two got the same. In the environment:
#   DEMO_PORT_BASE=N  listen on the ports N to N+3 of 127.0.0.1 (18080)
#   KEEP=1            leave it running until Ctrl-C, to be tried with curl and mirrorctl
#   AGENT=PATH        an agent other than the release build; MIRRORCTL=PATH, its client
#   HAPROXY=PATH      a HAProxy other than the machine's
#   CHECK_ONLY=1      end when the variables above have been looked at
# shellcheck disable=SC2317 # some functions are called by their name in a trap or by poll
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PATH:/usr/sbin:/sbin
# All of it is on this machine, so no proxy of the environment is wanted.
export LC_ALL=C no_proxy='*'

die() {
    printf 'demo: %s\n' "$@" >&2
    exit 1
}

haproxy=${HAPROXY:-haproxy}
base=${DEMO_PORT_BASE:-18080}
if [[ ! $base =~ ^[1-9][0-9]{0,4}$ ]] || [ "$base" -gt 65532 ]; then
    die "DEMO_PORT_BASE=$base is no port from 1 to 65532 (the demo takes that one and the next three)"
fi
[ -z "${CHECK_ONLY:-}" ] || exit 0
web=$base production=$((base + 1)) mirror=$((base + 2)) agent=$((base + 3))

# --- Processes --------------------------------------------------------------------------------------

tmp=
pids=()

clean_up() {
    trap '' HUP INT TERM
    local deadline=$((SECONDS + 10)) pid
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${pids[@]}"; do
        while kill -0 "$pid" 2>/dev/null; do
            [ "$SECONDS" -lt "$deadline" ] || kill -KILL "$pid" 2>/dev/null || true
            sleep 0.05
        done
    done
    [ -z "$tmp" ] || rm -rf "$tmp"
}

listening() {
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# poll SECONDS COMMAND...: until the command succeeds or the time is over
poll() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.05
    done
}

# start NAME PORT COMMAND...: in the background, and waits until the port answers
start() {
    local name=$1 port=$2 pid
    shift 2
    "$@" >"$tmp/$name.out" 2>&1 &
    pid=$!
    pids+=("$pid")
    up() { listening "$port" || ! kill -0 "$pid" 2>/dev/null; }
    if ! poll 10 up || ! kill -0 "$pid" 2>/dev/null; then
        die "$name did not start:" "$(cat "$tmp/$name".{out,error,log} 2>/dev/null | tail -n 5)"
    fi
}

# --- Configurations ---------------------------------------------------------------------------------

# The request is passed on to a second location because nginx keeps a body, for the log, only then.
nginx_conf() {
    cat <<EOF
daemon off;
master_process off;
pid $tmp/$1.pid;
events {}
http {
    log_format request escape=json '\$request_method \$request_uri \$request_body';
    client_body_temp_path $tmp/$1.body;
    proxy_temp_path $tmp/$1.proxy;
    fastcgi_temp_path $tmp/$1.fastcgi;
    uwsgi_temp_path $tmp/$1.uwsgi;
    scgi_temp_path $tmp/$1.scgi;
    client_body_buffer_size 64k;
    server {
        listen 127.0.0.1:$2;
        access_log $tmp/$1.log request;
        location / { rewrite ^ /-/answer break; proxy_pass http://127.0.0.1:$2; }
        location = /-/answer { access_log off; return 200 "answered by $1\n"; }
    }
}
EOF
}

# The operator's examples, with the addresses of the demo.
haproxy_conf() {
    local example='haproxy.cfg' version
    version=$("$haproxy" -v | sed -nE '1s/^[^0-9]*([0-9]+)\.([0-9]+).*/\1 \2/p')
    # shellcheck disable=SC2086 # two numbers
    set -- $version
    [ $(($1 * 100 + $2)) -lt 301 ] || example='haproxy-3.1.cfg'
    sed -e "s,/dev/log ,stdout format raw ," \
        -e "s,bind :80\$,bind 127.0.0.1:$web," \
        -e "s,127.0.0.1:8080,127.0.0.1:$production," \
        -e "s,127.0.0.1:12345,127.0.0.1:$agent," \
        -e "s,/etc/haproxy/spoe-mirror.conf,$tmp/spoe-mirror.conf," \
        "examples/haproxy/$example"
}

# --- Traffic ----------------------------------------------------------------------------------------

# traffic ROUNDS FOLDER [LINE...]: as a curl configuration; the lines are added to each request
traffic() {
    local rounds=$1 path=$2/items common=("${@:3}") round
    request() {
        printf '%s\n' next silent show-error 'output = "/dev/null"' \
            'write-out = "HTTP/%{http_version} %{http_code}\n"' \
            "url = \"http://127.0.0.1:$web/$1\"" "${common[@]}" "${@:2}"
    }
    for ((round = 1; round <= rounds; round++)); do
        request "$path?page=$round&sort=a%20b"
        request "$path/$round" head
        request "$path/$round" 'request = "OPTIONS"'
        request "$path/$round" 'request = "DELETE"'
        request "$path?round=$round" "data = \"name=item+$round&colour=blue\""
        request "$path/$round" 'request = "PATCH"' "data = \"{ 'count': $round }\"" \
            'header = "Content-Type: application/json"'
        request "$path/$round" 'request = "PUT"' "data-binary = \"@$tmp/12-kilobytes\""
    done
}

# A file is one client: HTTP/1.1 clients keep their connection for all of their requests. HTTP/2 clients
# have one request each, because Debian 12's curl fails to use a clear-text HTTP/2 connection again.
clients() {
    local client
    mkdir "$tmp/clients"
    for client in {1..8}; do traffic 6 "client-$client" >"$tmp/clients/$client"; done
    traffic 10 http2 http2-prior-knowledge |
        awk -v prefix="$tmp/clients/http2-" '/^next$/ { file = prefix (++n) } { print >file }'
}

answers() { grep -c "$1" "$tmp/answers" || true; }
copies_offered() { grep -c 'SPOE: \[mirror\]' "$tmp/haproxy.out" || true; }
copies_acknowledged() { grep -c 'SPOE: \[mirror\].* st=0 ' "$tmp/haproxy.out" || true; }
mirror_has_all() { [ "$(wc -l <"$tmp/mirror.log")" -ge "$(wc -l <"$tmp/production.log")" ]; }
summaries() { grep -c summary "$tmp/agent.log" || true; }
last_summary() { grep summary "$tmp/agent.log" | tail -n 1 || echo '(has no summary line)'; }

# --- What is shown ----------------------------------------------------------------------------------

table() {
    awk '
        { counts[FILENAME, $1]++; totals[FILENAME]++ }
        !seen[$1]++ { methods[++columns] = $1 }
        function row(name, file) {
            printf "%-12s", name
            for (i = 1; i <= columns; i++) printf "%8d", counts[file, methods[i]]
            printf "%8d\n", totals[file]
        }
        END {
            printf "%-12s", ""
            for (i = 1; i <= columns; i++) printf "%8s", methods[i]
            printf "%8s\n", "total"
            row("production", ARGV[1])
            row("mirror", ARGV[2])
        }' "$tmp/production.sorted" "$tmp/mirror.sorted"
}

differences() {
    echo "DIFFERENT: requests (method, path, body) that only one of the two has:"
    comm -23 "$tmp/production.sorted" "$tmp/mirror.sorted" | sed -n '1,4s/^/  production  /p' | cut -c -79
    comm -13 "$tmp/production.sorted" "$tmp/mirror.sorted" | sed -n '1,4s/^/  mirror      /p' | cut -c -79
}

addresses() {
    cat <<EOF

Running until Ctrl-C. To try:   curl -d hello http://127.0.0.1:$web/some/path
  HAProxy     http://127.0.0.1:$web/    tail -f $tmp/haproxy.out
  production  http://127.0.0.1:$production/    tail -f $tmp/production.log
  mirror      http://127.0.0.1:$mirror/    tail -f $tmp/mirror.log
  agent       127.0.0.1:$agent (SPOP)   tail -f $tmp/agent.log

The agent is asked and steered over its admin socket:
  alias ctl='${MIRRORCTL:-mirrorctl} -s $tmp/admin.sock'
  ctl status
  ctl pause 30s      # HAProxy is answered, nothing is sent to the mirror
  ctl resume
  ctl                # a prompt: the tabulator key completes, help lists commands
EOF
}

# --- The demo ---------------------------------------------------------------------------------------

for tool in "$haproxy" nginx curl; do
    command -v "$tool" >/dev/null || die "there is no $tool here"
done
for name in web production mirror agent; do
    ! listening "${!name}" ||
        die "port ${!name} (for $name) is in use; other ports: DEMO_PORT_BASE=28080 make demo"
done

if [ -z "${AGENT:-}" ]; then
    build=(swift build -c release --static-swift-stdlib)
    "${build[@]}" --product spoa-mirror >&2
    [ -z "${KEEP:-}" ] || "${build[@]}" --product mirrorctl >&2
    programs=$("${build[@]}" --show-bin-path)
    AGENT=$programs/spoa-mirror MIRRORCTL=${MIRRORCTL:-$programs/mirrorctl}
fi

trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' HUP TERM
tmp=$(mktemp -d)

for name in production mirror; do
    nginx_conf "$name" "${!name}" >"$tmp/$name.conf"
    start "$name" "${!name}" nginx -e "$tmp/$name.error" -c "$tmp/$name.conf"
done
: >"$tmp/agent.log"
start agent "$agent" "$AGENT" -a 127.0.0.1 -p "$agent" -u "http://127.0.0.1:$mirror/" \
    -i 1s -l "w:$tmp/agent.log" --admin-socket "$tmp/admin.sock" --state-file "$tmp/state"
haproxy_conf >"$tmp/haproxy.cfg"
cp examples/haproxy/spoe-mirror.conf "$tmp"
start haproxy "$web" "$haproxy" -db -f "$tmp/haproxy.cfg"

head -c 9216 /dev/urandom | base64 -w 0 >"$tmp/12-kilobytes"
clients
sent=$(cat "$tmp/clients/"* | grep -c ^url)
printf '%s\0' "$tmp/clients/"* | xargs -0 -P 8 -n 1 curl -q -K >"$tmp/answers" || true
answered=$(answers ' 200$')

poll 5 mirror_has_all || true
seen=$(summaries)
newer_summary() { [ "$(summaries)" -gt "$seen" ]; }
poll 3 newer_summary || true

for name in production mirror; do sort "$tmp/$name.log" >"$tmp/$name.sorted"; done
status=0
cat <<EOF

HAProxy     $("$haproxy" -v | sed -nE '1s/^[^0-9]*([^ ]+).*/\1/p')
clients     $sent requests, $answered answered with 200 ($(answers ^HTTP/1) HTTP/1.1, $(answers ^HTTP/2) HTTP/2)

$(table)

SPOE log    $(copies_offered) copies offered, $(copies_acknowledged) acknowledged (st=0)
agent's log
$(last_summary | fold -s -w 76 | sed 's/^/  /')

EOF
if cmp -s "$tmp/production.sorted" "$tmp/mirror.sorted"; then
    echo 'SAME: the mirror received what production served, in method, path and body.'
else
    differences
    status=1
fi
if [ "$answered" -ne "$sent" ]; then
    echo "FAILED: $((sent - answered)) requests were not answered with 200."
    status=1
fi

if [ -n "${KEEP:-}" ]; then
    addresses
    trap 'exit "$status"' INT TERM
    wait "${pids[@]}" || true
fi
exit "$status"
