# shellcheck shell=bash
# Sourced by checks.sh inside the container: traffic, questions, and what a check looks like.

# check DESCRIPTION COMMAND...: one line, or the end with evidence.
check() {
    local description=$1 output
    shift
    if output=$("$@" 2>&1); then
        echo "ok    $description${output:+: $(tail -n 1 <<<"$output")}"
        return
    fi
    echo "FAIL  $description ($*)"
    printf '%s\n' "$output" '--- status'
    systemctl --no-pager --lines=0 status spoa-mirror.service spoa-mirror.socket || true
    echo '--- journal'
    journalctl --no-pager -n 40 -o short-precise || true
    exit 1
}

# eventually COMMAND...: succeeds as soon as the command does, or fails after 20 s.
eventually() {
    local _
    for _ in $(seq 200); do
        if "$@" >/dev/null 2>&1; then return; fi
        sleep 0.1
    done
    "$@"
}

same() { [ "$1" = "$2" ] || { echo "'$1' is not '$2'" && return 1; }; }
property() { systemctl show --value --property "$1" "${2:-spoa-mirror.service}"; }
main_pid() { property MainPID; }
is_active() { same "$(property ActiveState)" active; }
counter() { mirrorctl raw 'show stat' | sed -n "s/^$1: //p"; }

# set_options OPTIONS: what the defaults file says from now on; takes effect with the next start.
set_options() { printf 'MIRROR_OPTIONS="%s"\n' "$1" >/etc/default/spoa-mirror; }

# restart_with OPTIONS
restart_with() { set_options "$1" && systemctl restart spoa-mirror && is_active; }

# mirrored PATH: a request through HAProxy arrives at the mirror, once HAProxy has seen that the agent is back.
mirrored() {
    eventually agent_is_up || return 1
    [ "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:8080$1")" = 200 ] || return 1
    eventually grep -qF "GET $1 " /var/log/nginx/mirror.log
}

agent_is_up() {
    same "$(echo 'show stat' | socat - /run/haproxy-test.sock |
        awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
            $1 == "mirroragents" && $2 == "agent" { print $column["status"] }')" UP
}

# Connections that were refused in this container since it booted, by whomever (tcpAttemptFails of RFC 4022). HAProxy's own
# count has only those that it gave up, and it gives up none within its time for processing.
refused_connections() {
    awk '$1 == "Tcp:" && !n { n = split($0, name) ; next } $1 == "Tcp:" {
        for (i = 2; i <= n; i++) if (name[i] == "AttemptFails") print $i }' /proc/net/snmp
}

# under_load SECONDS COMMAND...: 2000 requests a second through HAProxy while the command runs; every one of them has to
# be answered with 200, and none may be mirrored twice.
under_load() {
    local seconds=$1 load requests copies status=0
    shift
    : >/var/log/nginx/load.log
    h2load --h1 -c 40 --rps 50 -n $((seconds * 2000)) http://127.0.0.1:8080/load >/tmp/load 2>&1 &
    load=$!
    # In the middle of it.
    sleep 2
    "$@" || status=$?
    wait "$load" || status=$?
    if [ $status -ne 0 ] || ! grep -qE '^requests: .* 0 failed, 0 errored, 0 timeout' /tmp/load ||
        ! grep -qE '^status codes: .* 0 3xx, 0 4xx, 0 5xx' /tmp/load; then
        cat /tmp/load
        return 1
    fi
    requests=$(sed -n 's/^status codes: \([0-9]*\) 2xx.*/\1/p' /tmp/load)
    eventually nothing_under_way
    copies=$(wc -l </var/log/nginx/load.log)
    if [ "$requests" -ne $((seconds * 2000)) ] || [ "$copies" -eq 0 ] || [ "$copies" -gt "$requests" ]; then
        echo "$requests requests in $seconds s, $copies copies"
        return 1
    fi
    echo "$requests requests in $(sed -n 's/^finished in \([^,]*\),.*/\1/p' /tmp/load), 0 errors, slowest $(awk '/^time for request:/ { print $5 }' /tmp/load), $copies copies"
}

nothing_under_way() { same "$(counter queued) $(counter in_flight)" '0 0'; }
