#!/usr/bin/env bash
# install-deps.sh SET...: installs what is missing of the sets build, demo, bench, test, lint, deb, rpm and systemd from
# the distribution's packages. Does nothing, silently, when all of it is there.
set -euo pipefail

# A|B: either will do; the first one is installed when neither is there.
packages() {
    case $1 in
    build) echo 'libev-dev libcurl4-openssl-dev libssl-dev libedit-dev pkg-config|pkgconf' ;;
    demo) echo 'haproxy nginx-light|nginx curl' ;;
    bench) echo 'haproxy nginx-light|nginx wrk util-linux' ;;
    test) echo 'ca-certificates haproxy nginx-light|nginx curl socat nghttp2-client openssl iproute2 prometheus mandoc systemd' ;;
    lint) echo 'shellcheck' ;;
    deb) echo 'debhelper dpkg-dev lintian systemd' ;;
    rpm) echo 'rpm' ;;
    systemd) echo 'debootstrap systemd-container' ;;
    *) echo "install-deps: no set '$1'; there are: build demo bench test lint deb rpm systemd" >&2 && return 64 ;;
    esac
}

installed() {
    dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed
}

missing() {
    local set alternatives package
    for set in "$@"; do
        for alternatives in $(packages "$set"); do
            for package in ${alternatives//|/ }; do
                installed "$package" && continue 2
            done
            echo "${alternatives%%|*}"
        done
    done | sort -u
}

for set in "$@"; do packages "$set" >/dev/null; done

if ! command -v dpkg-query >/dev/null; then
    echo 'install-deps: no dpkg here, so nothing was checked. Needed are these packages of Debian or their like:' \
        "$(for set in "$@"; do packages "$set"; done | xargs)" >&2
    exit 0
fi

mapfile -t wanted < <(missing "$@")
[ ${#wanted[@]} -gt 0 ] || exit 0

by_hand() {
    echo "install-deps: $1. Install by hand, as root: apt-get install ${wanted[*]}" >&2
    exit 1
}

command -v apt-get >/dev/null || by_hand 'packages are missing and there is no apt-get'
if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || by_hand 'packages are missing and this user may not install them'
    exec sudo -n "$0" "$@"
fi

# haproxy, nginx and prometheus are wanted as programs only: their services must not take ports of this machine,
# neither now (policy-rc.d, unless the machine has its own) nor at the next boot.
policy=/usr/sbin/policy-rc.d
if (set -o noclobber && printf '#!/bin/sh\nexit 101\n' >"$policy") 2>/dev/null; then
    trap 'rm -f "$policy"' EXIT
    trap 'exit 1' HUP INT TERM
    chmod 755 "$policy"
fi

export DEBIAN_FRONTEND=noninteractive
install_wanted() {
    apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=120 "${wanted[@]}" 2>&1
}

echo "install-deps: installing ${wanted[*]}"
# The package lists may be absent or too old for their mirror: only then fetch them.
if ! output=$(install_wanted); then
    apt-get update -qq -o DPkg::Lock::Timeout=120 || true
    if ! output=$(install_wanted); then
        tail -n 5 <<<"$output" >&2
        by_hand 'apt-get failed'
    fi
fi

if [ -d /run/systemd/system ]; then
    for service in haproxy nginx prometheus; do
        case " ${wanted[*]} " in *" $service"*) systemctl disable --quiet "$service" || true ;; esac
    done
fi
