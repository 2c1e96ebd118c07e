#!/usr/bin/env bash
# rpm.sh: builds the RPM package into .build/rpm, from the release build, and lists what is in it.
set -euo pipefail
cd "$(dirname "$0")/.."

top=$PWD/.build/rpm
log=$top/build.log
rm -rf "$top"
mkdir -p "$top"
if ! rpmbuild -bb --build-in-place --define "_topdir $top" \
    packaging/rpm/spoa-mirror.spec >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    echo "rpm: the package could not be built; all of the output is in $log" >&2
    exit 1
fi
rpms=("$top"/RPMS/*/spoa-mirror-*.rpm)
rpm --query --list --package "${rpms[@]}"
rpm --query --requires --package "${rpms[@]}" | sed -n 's/()(64bit)$//p' | sort -u
ls -l "${rpms[@]}"
