#!/usr/bin/env bash
# test-systemd.sh: boots a Debian 12 in systemd-nspawn, installs the package there and puts it through what happens to a
# service: see scripts/systemd/checks.sh, which runs inside. One line per check; ends at the first that fails.
#
# The container has a network of its own without a way out, and its files are gone with it.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
    echo "test-systemd: $*" >&2
    exit 1
}

[ "$(id -u)" -eq 0 ] || fail 'booting a container needs root'
root=$(scripts/systemd-root.sh)

version=$(dpkg-parsechangelog --show-field Version)
deb=.build/deb/spoa-mirror_${version}_$(dpkg --print-architecture).deb
if [ ! -e "$deb" ] || [ -n "$(find Sources Package.swift Makefile README.md CHANGELOG.md debian packaging man docs examples \
    -type f -newer "$deb" -print -quit)" ]; then
    echo 'building the package'
    scripts/deb.sh >&2
fi

work=$(mktemp -d /tmp/spoa-systemd-XXXXXX)
nspawn=
init=
clean_up() {
    if [ -n "$nspawn" ]; then
        # Everything inside ends with its init, and nspawn then too.
        find_init
        [ -z "$init" ] || kill -KILL "$init" 2>/dev/null || true
        for _ in $(seq 50); do
            kill -0 "$nspawn" 2>/dev/null || break
            sleep 0.1
        done
        kill -KILL "$nspawn" 2>/dev/null || true
        wait "$nspawn" 2>/dev/null || true
    fi
    rm -rf "$work"
}
# What nspawn has for a child is the container's init, once it has ended the process that prepares it.
find_init() { read -r init _ 2>/dev/null <"/proc/$nspawn/task/$nspawn/children" || true; }
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

mkdir "$work/checks" "$work/debs"
cp scripts/systemd/*.sh "$work/checks"
cp "$deb" "$work/debs/old.deb"
# The same program as a newer version.
dpkg-deb --raw-extract "$deb" "$work/new"
sed -i "s/^Version: .*/&+upgrade/" "$work/new/DEBIAN/control"
dpkg-deb --root-owner-group -Zgzip -z1 --build "$work/new" "$work/debs/new.deb" >/dev/null

started=$SECONDS
systemd-nspawn --quiet --boot --directory="$root" --volatile=overlay --register=no --keep-unit \
    --private-network --console=pipe --machine="spoa-mirror-$$" --bind-ro="$work:/mnt" \
    </dev/null >"$work/console" 2>&1 &
nspawn=$!

enter() { nsenter --target "$init" --mount --uts --ipc --net --pid --cgroup -- "$@"; }
for _ in $(seq 300); do
    kill -0 "$nspawn" 2>/dev/null || fail "the container ended: $(tail -n 5 "$work/console")"
    find_init
    [ -n "$init" ] && enter systemctl is-system-running --quiet 2>/dev/null && break
    sleep 0.1
done
state=$(enter systemctl is-system-running || true)
[ "$state" = running ] || fail "the container is $state: $(enter systemctl --failed --no-legend; tail -n 5 "$work/console")"
echo "a Debian 12 is running after $((SECONDS - started)) s"

# In the background, so that a signal to this script is followed at once.
timeout --foreground 420 nsenter --target "$init" --mount --uts --ipc --net --pid --cgroup -- \
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
    bash /mnt/checks/checks.sh </dev/null &
wait $! || fail "failed, $((SECONDS - started)) s after the start of the container"
echo "all of it held, in $((SECONDS - started)) s"
