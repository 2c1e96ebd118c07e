#!/usr/bin/env bash
# haproxy.sh VERSION: prints the path of a HAProxy 3.0, 3.2 or 3.4 to test with, made on the first call from
# Debian's packages and cached. The packages are only unpacked, nothing is set up or run as root: the program
# is started through its own loader and libraries, and sees the files of this machine.
set -euo pipefail
# shellcheck source=scripts/lib/debian-mirror.sh
source "${BASH_SOURCE%/*}/lib/debian-mirror.sh"

version=${1:-}
# haproxy is of the first suite; so are the libraries that this suite has, and the rest is of the last.
case $version in
3.0) suites=(trixie) ;;
3.2) suites=(forky) ;;
3.4) suites=(experimental sid) ;;
*) echo "haproxy: no version '$version'; there are: 3.0 3.2 3.4" >&2 && exit 64 ;;
esac

cache=${SPOA_MIRROR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/spoa-mirror}
root=$cache/haproxy-$version
new=$root.new
keys=/usr/share/keyrings/debian-archive-keyring.gpg

fail() {
    echo "haproxy: HAProxy $version CANNOT BE MADE HERE: $*" >&2
    exit 1
}

works() {
    [[ $("$1/haproxy" -v 2>/dev/null) == "HAProxy version $version."* ]]
}

# apt with lists and packages of its own, for a system where nothing is installed.
apt() {
    timeout --foreground 600 apt-get -q -o "Dir::Etc::SourceList=$new/sources" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null \
        -o "Dir::State=$new/state" -o "Dir::State::status=$new/state/status" -o "Dir::Cache=$new/cache" \
        -o APT::Sandbox::User= -o Acquire::Languages=none "$@" >"$new/log" 2>&1 ||
        fail "apt-get, from $mirror: $(grep '^E:' "$new/log" | head -n 1)"
}

download() {
    local suite
    for suite in "${suites[@]}"; do echo "deb [signed-by=$keys] $mirror $suite main"; done >"$new/sources"
    mkdir -p "$new"/{state/lists,cache/archives}/partial
    : >"$new/state/status"
    # A mirror that is not updated any more is good enough.
    apt -o Acquire::Check-Valid-Until=false update
    apt --yes --no-install-recommends --download-only --target-release "${suites[0]}" install haproxy
}

unpack() {
    local deb
    for deb in "$new"/cache/archives/*.deb; do
        dpkg-deb -x "$deb" "$new" || fail "$deb does not unpack"
    done
    rm -rf "$new"/{sources,state,cache,lists,log}
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
    for tool in apt-get dpkg-deb; do
        command -v "$tool" >/dev/null || fail "it takes $tool"
    done
    trap 'rm -rf "$new"' EXIT
    trap 'exit 1' HUP INT TERM
    rm -rf "$new"
    mkdir "$new"

    mirror=$(find_mirror "$new")
    [ -n "$mirror" ] || fail "apt has no Debian mirror configured that could be reached"

    echo "haproxy: making $root (once, about half a minute)" >&2
    download
    unpack
    write_wrapper
    works "$new" || fail "it does not run, or is another version: $("$new/haproxy" -v 2>&1 | head -n 1)"
    rm -rf "$root"
    mv "$new" "$root"
fi

"$root/haproxy" -v | sed -n 1p >&2
echo "$root/haproxy"
