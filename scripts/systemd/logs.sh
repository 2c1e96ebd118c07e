# shellcheck shell=bash
# Sourced by checks.sh: journal, file with logrotate, syslog.

journal() { journalctl -u spoa-mirror --since "$since" -o "$1" "${@:2}"; }
priorities() {
    journal cat -p 6..6 | grep '^spoa-mirror .* listens on 127.0.0.1:12345' >/dev/null &&
        journal cat -p 4..4 | grep -F 'not verified (--tls-insecure)'
}
since=$(date '+%F %T')
check 'a start that has something to warn of' restart_with '-u http://127.0.0.1:8082 --tls-insecure'
check 'lines are in the journal with their priority' eventually priorities

log=/var/log/spoa-mirror/spoa-mirror.log
check 'a log file' restart_with "-u http://127.0.0.1:8082 -l A:$log"
rotate() { logrotate -f /etc/logrotate.d/spoa-mirror; }
check 'logrotate' rotate
rotated() { grep -q 'listens on' "$log.1" && grep -q 'log reopened' "$log" && ! grep -q 'listens on' "$log"; }
check 'the old lines are in the old file, new ones in the new' eventually rotated
check 'the new file is of the same owner and mode' same "$(stat -c '%a %U:%G' $log)" '640 spoa-mirror:spoa-mirror'
check 'the same process has gone on' same "$(property NRestarts)" 0
check 'reload by hand' systemctl reload spoa-mirror
check 'still mirrored' mirrored /reloaded

check 'syslog' restart_with '-u http://127.0.0.1:8082 --syslog'
in_syslog() { journalctl -o short --facility=daemon -t spoa-mirror --since "$since" | grep -E "spoa-mirror\[$(main_pid)\]: spoa-mirror .* listens"; }
check 'lines are in syslog, facility daemon' eventually in_syslog
