# shellcheck shell=bash
# Sourced by checks.sh: what the sandbox must not break.

useradd --groups spoa-mirror alice
useradd bob
ask_as() { runuser -u "$1" -- mirrorctl raw 'show version'; }
refused() { ! ask_as "$1"; }
check 'the admin socket is 660, of the group spoa-mirror' \
    same "$(stat -c '%a %U:%G' /run/spoa-mirror/admin.sock)" '660 spoa-mirror:spoa-mirror'
check 'an operator in that group is answered' ask_as alice
check 'somebody else is not' refused bob

groupadd crew && usermod -aG crew spoa-mirror
check 'an admin socket may have another group of the user' \
    restart_with '-u http://127.0.0.1:8082 --admin-socket /run/spoa-mirror/crew.sock,group=crew'
check 'and has' same "$(stat -c %G /run/spoa-mirror/crew.sock)" crew

check '-I with an interface starts' restart_with '-u http://127.0.0.1:8082 -I lo'
check '-I with an interface mirrors' mirrored /interface
for backend in $(spoa-mirror -V | sed -n 's/.*backends: //p'); do
    check "backend $backend starts" restart_with "-u http://127.0.0.1:8082 -B $backend"
    check "backend $backend mirrors" mirrored "/$backend"
done
no_new_privileges() { grep -q '^NoNewPrivs:.*1' "/proc/$(main_pid)/status" && same "$(awk '/^CapEff/ { print $2 }' "/proc/$(main_pid)/status")" 0000000000000000; }
check 'it runs without any capability' no_new_privileges

saves_settings() { mirrorctl raw 'save state' && test -s /var/lib/spoa-mirror/state; }
check 'settings can be saved where the unit says' saves_settings
