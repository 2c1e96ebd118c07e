#!/usr/bin/env bash
# version.sh [X.Y.Z]: prints the version, or makes X.Y.Z the next one in every file that spells it. The source is
# Release.swift, which the programs and the tests are compiled with; VersionTests fails when another file differs.
set -euo pipefail
cd "$(dirname "$0")/.."

release=Sources/AdminSocket/Release.swift
old=$(sed -n 's/.*number = "\(.*\)"$/\1/p' "$release")
new=${1:-}
[ -n "$new" ] || { echo "$old" && exit 0; }
if [[ ! $new =~ ^(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}$ ]]; then
    echo "version: '$new' is not a version; expected three numbers, such as 1.2.3" >&2
    exit 64
fi
if [ "$new" = "$old" ] || [ "$(printf '%s\n' "$old" "$new" | sort -V | tail -n 1)" != "$new" ]; then
    echo "version: $new is not newer than $old" >&2
    exit 64
fi

maintainer=$(sed -n 's/^Maintainer: //p' debian/control)
now=$(date +%s)
at() { LC_ALL=C date -u -d "@$now" "$@"; }

sed -i "s/number = \"$old\"/number = \"$new\"/" "$release"
sed -i "s/^spoa-mirror $old /spoa-mirror $new /" README.md
sed -i "s/^## \[Unreleased\]$/&\n\n## [$new] - $(at +%F)/" CHANGELOG.md
sed -i -e "s/^Version: .*/Version: $new/" \
    -e "s/^%changelog$/&\n* $(at '+%a %b %d %Y') $maintainer - $new-1\n- Version $new, see CHANGELOG.md.\n/" \
    packaging/rpm/spoa-mirror.spec
printf 'spoa-mirror (%s) unstable; urgency=medium\n\n  * Version %s, see CHANGELOG.md.\n\n -- %s  %s\n\n' \
    "$new" "$new" "$maintainer" "$(at -R)" | cat - debian/changelog >debian/changelog.new
mv debian/changelog.new debian/changelog
echo "version: $new (was $old)"
