# shellcheck shell=bash
# Sourced: where debootstrap gets its packages from on this machine.

# The Debian mirrors that this machine's apt uses, the preferred one first.
debian_mirrors() {
    # shellcheck disable=SC2016 # apt's own variables
    apt-get "$@" indextargets --format '$(ORIGIN)/$(LABEL) $(REPO_URI)' 'Created-By: Packages' |
        sed -n 's,^Debian/Debian ,,p' | while read -r uri; do
        case $uri in
        # apt's lists of mirrors, as in Debian's cloud images, mean nothing to debootstrap.
        mirror+file:*) uri=${uri#mirror+file:} && awk '!/^#/ && NF { print $1 }' "${uri%/}" ;;
        http:* | https:* | file:*) echo "$uri" ;;
        esac
    done
}

# find_mirror DIRECTORY: the mirror's address, or nothing. The directory may be used for lists.
find_mirror() {
    local lists=$1/lists mirror
    mirror=$(debian_mirrors | head -n 1) || true
    if [ -z "$mirror" ]; then
        # apt knows whose a repository is only once it has fetched its lists; this fetches them aside.
        mkdir -p "$lists/partial"
        set -- -o "Dir::State::lists=$lists" -o APT::Sandbox::User= -o Acquire::Languages=none
        apt-get -qq "$@" update >/dev/null 2>&1 || true
        mirror=$(debian_mirrors "$@" | head -n 1) || true
    fi
    echo "${mirror%/}"
}

# debootstrap's downloads do not know about apt's proxy: this exports it to them.
use_proxy_of_apt() {
    local proxy=
    [ -z "${http_proxy:-}" ] || return 0
    eval "$(apt-config shell proxy Acquire::http::Proxy)"
    [ -z "$proxy" ] || [ "$proxy" = DIRECT ] || export http_proxy=$proxy
}
