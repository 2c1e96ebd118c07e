#!/usr/bin/env bash
# systemd-root.sh: prints the path of a Debian 12 that boots in systemd-nspawn, with all that test-systemd.sh needs in
# it. It is made on the first call and cached; nothing is ever written to it afterwards.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
# shellcheck source=scripts/lib/debian-mirror.sh
source "${BASH_SOURCE%/*}/lib/debian-mirror.sh"

suite=bookworm
# What the package under test depends on comes along: the container has no network.
packages=(systemd systemd-sysv dbus libcurl4 libedit2 libev4 haproxy nginx-light curl logrotate socat nghttp2-client man-db)

cache=${SPOA_MIRROR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/spoa-mirror}
# Another list of packages is another root.
root=$cache/systemd-$suite-$(printf '%s\n' "${packages[@]}" | sha256sum | cut -c 1-8)
new=$root.new

fail() {
    echo "systemd-root: $*" >&2
    exit 1
}

[ "$(id -u)" -eq 0 ] || fail 'this needs root, as does booting a container'
mkdir -p "$cache"
exec 9>"$root.lock"
flock 9

if ! [ -d "$root" ]; then
    command -v debootstrap >/dev/null || fail 'it takes debootstrap'
    trap 'rm -rf "$new" "$new.log"' EXIT
    trap 'exit 1' HUP INT TERM
    rm -rf "$new"
    mkdir "$new"
    mirror=$(find_mirror "$new")
    [ -n "$mirror" ] || fail 'apt has no Debian mirror configured that could be reached'
    use_proxy_of_apt
    echo "systemd-root: making $root (once, some minutes)" >&2
    timeout --foreground 1200 debootstrap --variant=minbase --include="$(IFS=, && echo "${packages[*]}")" \
        "$suite" "$new" "$mirror" >"$new.log" 2>&1 ||
        fail "debootstrap of $suite from $mirror: $(tail -n 1 "$new.log")"
    # The test starts these itself, with its own configuration.
    systemctl --root="$new" --quiet disable haproxy nginx
    rm -rf "$new"/var/cache/apt/archives/*.deb "$new"/var/lib/apt/lists/*
    mv "$new" "$root"
fi

echo "$root"
