#!/usr/bin/env bash
# deb.sh: builds the Debian package into .build/deb, from the release build, and has lintian look at it.
set -euo pipefail
cd "$(dirname "$0")/.."

version=$(dpkg-parsechangelog --show-field Version)
export DEB_OUTPUT=$PWD/.build/deb DEB_RULES_REQUIRES_ROOT=no
SOURCE_DATE_EPOCH=$(dpkg-parsechangelog --show-field Timestamp)
export SOURCE_DATE_EPOCH
mkdir -p "$DEB_OUTPUT"
rm -f "$DEB_OUTPUT"/spoa-mirror*_"${version}"_*.deb

clean_up() { dh_clean; }
trap clean_up EXIT
log=$DEB_OUTPUT/build.log

# A line for each step of debhelper, and one for each tenth of what is compiled.
progress() {
    local line tenth last=
    : >"$log"
    while IFS= read -r line; do
        printf '%s\n' "$line" >>"$log"
        if [[ $line =~ ^\[([0-9]+)/([0-9]+)\] ]]; then
            tenth=$((10 * BASH_REMATCH[1] / BASH_REMATCH[2]))
            [ "$tenth" = "$last" ] || echo "  compiling: ${BASH_REMATCH[1]} of ${BASH_REMATCH[2]}"
            last=$tenth
        elif [[ $line =~ ^\ +(debian/rules\ override_)?(dh_[a-z0-9_]+) ]]; then
            echo "  ${BASH_REMATCH[2]}"
        fi
    done
}

echo "deb: building version $version; the release build takes minutes the first time. All output: ${log#"$PWD"/}"
if ! debian/rules binary 2>&1 | progress; then
    tail -n 30 "$log" >&2
    echo "deb: the package could not be built; all of the output is in $log" >&2
    exit 1
fi
debs=("$DEB_OUTPUT"/spoa-mirror*_"${version}"_*.deb)
lintian --fail-on error,warning --tag-display-limit 0 --allow-root "${debs[@]}"
ls -l "${debs[@]}"
