# shellcheck shell=bash
# Sourced by checks.sh: what comes back by itself.

replaced() { [ "$(main_pid)" != "$1" ] && [ "$(main_pid)" != 0 ] && is_active; }

check 'started anew' restart_with '-u http://127.0.0.1:8082'
pid=$(main_pid)
kill -KILL "$pid"
check 'a killed process is replaced' eventually replaced "$pid"
check 'and mirrors' eventually mirrored /killed

mkdir -p /etc/systemd/system/spoa-mirror.service.d
printf '[Service]\nWatchdogSec=2s\n' >/etc/systemd/system/spoa-mirror.service.d/watchdog.conf
systemctl daemon-reload
check 'started with a watchdog of 2 s' restart_with '-u http://127.0.0.1:8082'
pid=$(main_pid)
sleep 5
check 'which bites nobody who lives' same "$(main_pid)" "$pid"
kill -STOP "$pid"
check 'a process that hangs is replaced' eventually replaced "$pid"
watchdog_said_so() { journalctl -u spoa-mirror | grep -F 'Watchdog timeout'; }
check 'because of the watchdog' watchdog_said_so
check 'and mirrors' eventually mirrored /hung
rm -r /etc/systemd/system/spoa-mirror.service.d
systemctl daemon-reload

bad_options() { ! restart_with '--no-such-option' && sleep 2 && same "$(property NRestarts)" 0; }
systemctl reset-failed spoa-mirror
check 'a mistake in the options is not tried again' bad_options
# shellcheck disable=SC2034 # see above
since=$(date '+%F %T')
said_what() { journalctl -u spoa-mirror -p err | grep -F "Unknown option '--no-such-option'"; }
check 'and is told in the journal' eventually said_what
check 'the right ones start again' restart_with '-u http://127.0.0.1:8082'

systemd-run --quiet --unit=test-hanging socat TCP-LISTEN:8083,bind=127.0.0.1,fork,reuseaddr SYSTEM:'sleep 600'
mkdir -p /etc/systemd/system/spoa-mirror.service.d
printf '[Service]\nTimeoutStopSec=1s\n' >/etc/systemd/system/spoa-mirror.service.d/stop.conf
systemctl daemon-reload
check 'a mirror that hangs, and 1 s to stop' restart_with '-u http://127.0.0.1:8083 --timeout 60s --drain-timeout 3s'
under_way() { same "$(counter in_flight)" 1; }
one_copy() { eventually agent_is_up && curl -sf -o /dev/null http://127.0.0.1:8080/hanging && eventually under_way; }
check 'a copy is under way' one_copy
stopped() { systemctl stop spoa-mirror && same "$(property Result)" success; }
check 'an end that takes 3 s is waited for' stopped
given_up() { journalctl -u spoa-mirror -o cat | grep -F '1 copies were waiting or under way at the end: dropped, reason shutdown'; }
check 'what was given up is in the journal' eventually given_up
systemctl stop test-hanging
rm -r /etc/systemd/system/spoa-mirror.service.d
systemctl daemon-reload
check 'back to the mirror that works' restart_with '-u http://127.0.0.1:8082'
