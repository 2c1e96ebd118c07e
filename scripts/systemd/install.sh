# shellcheck shell=bash
# Sourced by checks.sh: the package, the user, the first start.

# Everything that a package could leave behind.
list_files() { find /etc /usr /lib /var -xdev ! -path '/var/cache/*' ! -path '/var/log/journal*' ! -path '/etc/test*' |
    grep -vE '^/var/(lib/(dpkg|apt|systemd|nginx)|log/(apt|dpkg|alternatives|nginx|wtmp|lastlog|faillog|btmp)|tmp|backups)' |
    grep -vE '^/etc/(passwd|group|shadow|gshadow|subuid|subgid)-$|^/var/lib/logrotate/' | sort; }
list_files >/run/files-before

install_package() { apt-get install -y "$1" && dpkg --audit; }
not_started() { same "$(systemctl is-enabled "$1" || true)" disabled && same "$(property ActiveState "$1")" inactive; }

check 'the package is installed' install_package /mnt/debs/old.deb
check 'the service waits to be configured and enabled' not_started spoa-mirror.service
check 'so does the socket' not_started spoa-mirror.socket
check 'the daemon has a user of its own' getent passwd spoa-mirror
check 'the manual page is there' man -w spoa-mirror
documented() { test -e "$(systemctl show --value -p Documentation spoa-mirror | grep -o '/usr/share/doc/[^ ]*')"; }
check 'so is the document that the unit names' documented
completes() { bash -c "source /usr/share/bash-completion/completions/$1 && complete -p $1"; }
check 'the shell completes the daemon' completes spoa-mirror
check 'and the client' completes mirrorctl
start_traffic

check 'so is the document on security' test -s /usr/share/doc/spoa-mirror/SECURITY.md

# As in the files of those who used the agents that this one replaces.
set_options '-D -r0 -uhttp://127.0.0.1:8082'
check 'enabled and started, with -D in the options of old' systemctl enable --now spoa-mirror
check 'the process that systemd started is the one that serves' is_active
status_says() { systemctl status spoa-mirror | grep -F "Status: \"$1"; }
check 'its status says what it does' eventually status_says 'idle: no requests since the start; mirrors to http://127.0.0.1:8082'
check 'HAProxy finds it' eventually agent_is_up
check 'a request is mirrored' mirrored /first
