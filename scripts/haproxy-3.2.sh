#!/usr/bin/env bash
# haproxy-3.2.sh: prints the path of a HAProxy 3.2 to test with, made on the first call from Debian's
# forky suite and cached. The packages are only unpacked, nothing is set up or run as root: the program
# is started through its own loader and libraries, and sees the files of this machine.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
# shellcheck source=scripts/lib/debian-mirror.sh
source "${BASH_SOURCE%/*}/lib/debian-mirror.sh"

cache=${SPOA_MIRROR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/spoa-mirror}
root=$cache/haproxy-forky
new=$root.new

fail() {
    echo "haproxy-3.2: HAProxy 3.2 CANNOT BE MADE HERE: $*" >&2
    exit 1
}

works() {
    "$1/haproxy" -v >/dev/null 2>&1
}

unpack() {
    local debs=$new/var/cache/apt/archives deb
    for deb in "$debs"/*.deb; do
        dpkg-deb -x "$deb" "$new" || fail "$deb does not unpack"
    done
    rm -rf "$debs" "$new"/{debootstrap,lists,log}
}

write_wrapper() {
    local libc libraries loader
    libc=$(cd "$new" && echo usr/lib/*/libc.so.6)
    libraries=${libc%/*}
    loader=$(cd "$new" && echo "$libraries"/ld*.so.[0-9])
    [ -x "$new/$loader" ] || fail "no loader among the unpacked packages ($loader)"
    # argv0 is what HAProxy's master executes again on a reload.
    cat >"$new/haproxy" <<EOF
#!/bin/sh
here=\$(cd "\$(dirname "\$0")" && pwd)
exec "\$here/$loader" --argv0 "\$here/haproxy" --library-path "\$here/$libraries" "\$here/usr/sbin/haproxy" "\$@"
EOF
    chmod 755 "$new/haproxy"
}

mkdir -p "$cache"
exec 9>"$root.lock"
flock 9

if ! works "$root"; then
    for tool in debootstrap dpkg-deb apt-get; do
        command -v "$tool" >/dev/null || fail "it takes $tool"
    done
    trap 'rm -rf "$new"' EXIT
    trap 'exit 1' HUP INT TERM
    rm -rf "$new"
    mkdir "$new"

    mirror=$(find_mirror "$new")
    [ -n "$mirror" ] || fail "apt has no Debian mirror configured that could be reached"
    use_proxy_of_apt

    echo "haproxy-3.2: making $root (once, about half a minute)" >&2
    timeout --foreground 600 debootstrap --download-only --variant=minbase --include=haproxy \
        forky "$new" "$mirror" /usr/share/debootstrap/scripts/sid >"$new/log" 2>&1 ||
        fail "debootstrap of forky from $mirror: $(tail -n 1 "$new/log")"
    unpack
    write_wrapper
    works "$new" || fail "it does not run: $("$new/haproxy" -v 2>&1 | head -n 1)"
    rm -rf "$root"
    mv "$new" "$root"
fi

"$root/haproxy" -v | sed -n 1p >&2
echo "$root/haproxy"
