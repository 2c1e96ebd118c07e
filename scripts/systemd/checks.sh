#!/usr/bin/env bash
# checks.sh: what test-systemd.sh runs inside the container, as root.
set -euo pipefail
here=${BASH_SOURCE%/*}
# shellcheck source=scripts/systemd/lib.sh
source "$here/lib.sh"
# shellcheck source=scripts/systemd/traffic.sh
source "$here/traffic.sh"
for part in install daily logs check failures upgrade purge; do
    # shellcheck source=/dev/null
    source "$here/$part.sh"
done
