# shellcheck shell=bash
# Sourced by checks.sh: what is wrong is told before anything is stopped.

# told TEXT...: the check fails, and its lines have all of these in them.
told() {
    local output text
    if output=$(spoa-mirror --check-service 2>&1); then echo "it found nothing: $output" && return 1; fi
    for text in "$@"; do grep -qF -e "$text" <<<"$output" || { echo "no '$text' in: $output" && return 1; }; done
    # The whole of it, in one line.
    tr '\n' '|' <<<"$output"
}
unnoticed() { same "$(property NRestarts) $(main_pid)" "0 $pid" && mirrored "$1"; }
accepted() { spoa-mirror --check-service; }

check 'started for the checks' restart_with '-u http://127.0.0.1:8082'
pid=$(main_pid)
check 'the options of the running service are good' accepted
accepted_as_it() { runuser -u spoa-mirror -- spoa-mirror --check-service; }
check 'also for its own user' accepted_as_it
set_options "-u http://127.0.0.1:8082 --mark-header 'X-Mirrored-By: a b' -l A:/var/log/spoa-mirror/it.log -F /run/spoa-mirror/pid"
check 'quotes and the folders of the service are good' accepted
left_nothing() { ! [ -e /var/log/spoa-mirror/it.log ] && ! [ -e /run/spoa-mirror/pid ]; }
check 'nothing is left behind' left_nothing
set_options '-u http://127.0.0.1:8082 -l a:/var/log/spoa-mirror.log -F /var/run/spoa-mirror.pid -n 99'
check 'all that does not work is told, with what does' told '/var/log/spoa-mirror/spoa-mirror.log' \
    '/run/spoa-mirror/spoa-mirror.pid' "'99'" '3 problems'
set_options '-u http://127.0.0.1:8082 -p 8081'
check 'a port of nginx is told' told '127.0.0.1:8081 is in use by nginx'
echo 'export MIRROR_OPTIONS="-u http://127.0.0.1:8082"' >/etc/default/spoa-mirror
check 'a line that only a shell would read is told' told '/etc/default/spoa-mirror, line 1'
set_options '-u http://127.0.0.1:8082 --no-such-option'
reload_refused() { ! systemctl reload spoa-mirror; }
check 'a reload with bad options is refused' reload_refused
in_journal() { journalctl -u spoa-mirror -o cat -n 20 | grep -F "Unknown option '--no-such-option'"; }
check 'the journal says why' eventually in_journal
check 'and the agent goes on as it was' unnoticed /unnoticed
set_options '-u http://127.0.0.1:8082'
check 'a reload with good options is none of it' systemctl reload spoa-mirror
check 'by the same process' unnoticed /reloaded-again

tell_links() {
    local page link folder missing=
    cd /usr/share/doc/spoa-mirror || return
    for page in ./*.md docs/*.md; do
        folder=$(dirname "$page")
        while read -r link; do
            case $link in *CONTRIBUTING.md | LICENSE | http*) continue ;; esac
            [ -e "$folder/$link" ] || missing+=" $page:$link"
        done < <(grep -oE '\]\([^):#]+' "$page" | cut -c 3-)
    done
    same "$missing" ''
}
check 'no document links to one that is not there' tell_links
