# shellcheck shell=bash
# Sourced by checks.sh: the end of the package.

gone() { ! [ -e "$1" ]; }
nothing_runs() { ! grep -lx spoa-mirror /proc/[0-9]*/comm 2>/dev/null; }
check 'remove' apt-get remove -y spoa-mirror
check 'nothing of it runs' nothing_runs
nobody_listens() { ! curl -s telnet://127.0.0.1:12345 </dev/null; }
check 'nobody listens' nobody_listens
check 'the options are kept' test -e /etc/default/spoa-mirror
check 'purge' apt-get purge -y spoa-mirror
no_account() { ! getent passwd spoa-mirror && ! getent group spoa-mirror; }
check 'the account is gone' no_account
userdel alice && userdel bob && groupdel crew
left_behind() { same "$(comm -13 /run/files-before <(list_files))" ''; }
check 'no file is left' left_behind
check 'systemd knows no unit of it' same "$(property LoadState)" not-found
check 'clients never noticed' eventually curl -sf -o /dev/null http://127.0.0.1:8080/
