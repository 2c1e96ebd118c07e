#!/usr/bin/env bash
# check-swift.sh: fails, with where to get it, when there is no Swift here that can build this.
set -euo pipefail
cd "$(dirname "$0")/.."

# What the compiler has to have is what the package says.
needed=$(sed -n '1s,^// swift-tools-version: *\([0-9.]*\).*,\1,p' Package.swift)
where="Swift $needed or newer builds this: https://www.swift.org/install/linux/ has it, and its usr/bin belongs into PATH"

if ! command -v swift >/dev/null; then
    echo "There is no swift in PATH. $where" >&2
    exit 69
fi
found=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+(\.[0-9]+)*).*/\1/p' | head -n 1)
if [ -z "$found" ]; then
    echo "$(command -v swift) does not say its version. $where" >&2
    exit 69
fi
if [ "$(printf '%s\n' "$needed" "$found" | sort -V | head -n 1)" != "$needed" ]; then
    echo "$(command -v swift) is Swift $found, which is too old. $where" >&2
    exit 69
fi
