# shellcheck shell=bash
# Sourced by checks.sh: restart and upgrade while 2000 requests a second come in.

check 'HAProxy is content' eventually agent_is_up
restarted_twice() { systemctl restart spoa-mirror && sleep 2 && systemctl restart spoa-mirror; }
check 'nothing but load' under_load 6 true
refused=$(refused_connections)
check 'two restarts without the socket' under_load 8 restarted_twice
# Else the same question below would say nothing.
some_refused() { [ "$(refused_connections)" -gt "$refused" ] && echo $(($(refused_connections) - refused)); }
check 'connections were refused meanwhile' some_refused

# As docs/operations.md has it.
to_socket() { systemctl enable spoa-mirror.socket && systemctl restart spoa-mirror; }
from_socket() { systemctl disable --now spoa-mirror.socket && systemctl restart spoa-mirror; }
listens_itself() { same "$(systemctl is-active spoa-mirror.socket)" inactive && is_active && eventually agent_is_up; }
check 'one command has the socket listen' to_socket
check 'the service runs' is_active
check 'and the socket is open' same "$(systemctl is-active spoa-mirror.socket)" active
check 'one command has the service listen again' from_socket
check 'by itself' listens_itself
set_options '-u http://127.0.0.1:8082 -p 12345'
check 'and back, under load' under_load 6 to_socket
address_ignored() { journalctl -u spoa-mirror -n 20 -o cat | grep -F -e 'ignoring -a and -p: listening on'; }
check '-p beside the socket is warned about' eventually address_ignored
check 'the check knows it, too' accepted
set_options '-u http://127.0.0.1:8082'
systemctl restart spoa-mirror
journal_names_socket() { journalctl -u spoa-mirror -n 20 -o cat | grep -F '(passed by the service manager)'; }
check 'which listens on it' eventually journal_names_socket
check 'HAProxy is content' eventually agent_is_up
refused=$(refused_connections)
check 'two restarts with the socket' under_load 8 restarted_twice
check 'no connection was refused' same "$(refused_connections)" "$refused"

pid=$(main_pid)
upgrade() { apt-get install -y /mnt/debs/new.deb >/tmp/upgrade.log 2>&1 || { cat /tmp/upgrade.log && return 1; }; }
check 'upgrade with the socket' under_load 12 upgrade
check 'no connection was refused' same "$(refused_connections)" "$refused"
new_version() { dpkg-query -W -f '${Version}' spoa-mirror | grep -F +upgrade; }
check 'it is the new version' new_version
check 'in a new process' replaced "$pid"
check 'that mirrors' mirrored /upgraded
check 'what the operator wrote is still there' grep -q 8082 /etc/default/spoa-mirror

stopped_stays_stopped() {
    systemctl stop spoa-mirror.socket spoa-mirror
    apt-get install -y --reinstall /mnt/debs/new.deb || return
    ! systemctl is-active --quiet spoa-mirror && ! systemctl is-active --quiet spoa-mirror.socket
}
check 'what was stopped stays stopped over another upgrade' stopped_stays_stopped
check 'and starts when it is told, with the socket before it' systemctl start spoa-mirror
check 'with the socket' same "$(systemctl is-active spoa-mirror.socket)" active
check 'HAProxy is content' eventually agent_is_up
