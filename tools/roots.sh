# roots.sh
# make_root, in_root, remove_root: throw-away Debian roots of another suite, below build/; sourced, after packages.sh
#
#     make_root SUITE FOLDER PACKAGE...   a new root with these packages and what they need
#     in_root FOLDER COMMAND...           runs a command in it, as its root, from /, with network, /proc and /dev
#     remove_root FOLDER                  only what make_root made there: it left a mark beside it
#
# They need root, sudo, or the right to make user namespaces (with subordinate ids in /etc/subuid and /etc/subgid).
#
# SPDX-License-Identifier: GPL-2.0-or-later

# make_root's exit status where the mirror does not hand out the suite; it is 1 for whatever else goes wrong.
MIRROR_UNREACHABLE=75

if [ "$(id -u)" -eq 0 ]; then
    privileged=
elif command -v sudo >/dev/null 2>&1; then
    privileged=sudo
else
    privileged="mmdebstrap --unshare-helper"
fi

# The Debian mirror of this machine, and how it gets there (proxy, certificates).
debian_mirror() {
    # shellcheck disable=SC2016 # apt's own placeholder
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | sed 's|/*$||' | grep -m 1 '/debian$' ||
        echo "apt's sources name no Debian mirror" >&2
}
apt_network_options() {
    apt-config dump | grep -iE '^Acquire::(http|https|ftp|socks)::' || :
    # A suite in the making may publish its index late.
    echo 'Acquire::Check-Valid-Until "false";'
    echo 'Acquire::Retries "3";'
    echo 'Acquire::Languages "none";'
}

# mirror_answers SUITE: asks with apt's own downloader, so as apt would.
mirror_answers() {
    place=$(mktemp -d)
    answered=0
    /usr/lib/apt/apt-helper -o APT::Sandbox::User=root -o Acquire::Retries=2 \
        -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 \
        download-file "$(debian_mirror)/dists/$1/InRelease" "$place/InRelease" >/dev/null 2>"$place/said" || answered=1
    [ "$answered" -eq 0 ] || cat "$place/said" >&2
    rm -rf "$place"
    return "$answered"
}

# What make_root leaves beside a root: the settings for apt, with this line first.
MARK_OF_ROOTS="// a root that tools/roots.sh of PVSBOOT made"

# root_is_ours FOLDER: nothing is there, or what make_root made
root_is_ours() {
    if [ ! -e "$1" ] && [ ! -L "$1" ] && [ ! -e "$1.apt.conf" ]; then
        return 0
    fi
    if [ ! -L "$1" ] && [ "$(head -n 1 "$1.apt.conf" 2>/dev/null)" = "$MARK_OF_ROOTS" ]; then
        return 0
    fi
    echo "$0: tools/roots.sh has not made this, so it stays as it is (remove it yourself): $1" >&2
    return 1
}

make_root() {
    suite=$1
    root=$2
    shift 2
    root_is_ours "$root" || return 1
    mirror_answers "$suite" || return "$MIRROR_UNREACHABLE"
    need_packages mmdebstrap mount
    remove_root "$root"
    mkdir -p "$(dirname "$root")"
    {
        echo "$MARK_OF_ROOTS"
        apt_network_options
    } >"$root.apt.conf"
    case $privileged in
    *unshare-helper) mode=unshare ;;
    *) mode=root ;;
    esac
    run=$privileged
    [ "$mode" = root ] || run=
    if ! $run mmdebstrap --quiet --mode="$mode" --variant=apt --components=main --aptopt="$root.apt.conf" \
            --dpkgopt=force-unsafe-io --include="$(echo "$*" | tr ' ' ,)" "$suite" "$root" "$(debian_mirror)"; then
        mirror_answers "$suite" || return "$MIRROR_UNREACHABLE"
        return 1
    fi
}

# What is mounted here is seen by the command alone, and is gone with it: nothing is left to unmount.
in_root() {
    # shellcheck disable=SC2016 # the inner shell's own variables
    $privileged env PATH="$PATH:/usr/sbin:/sbin" unshare --mount sh -euc '
        root=$1
        shift
        mount --rbind /proc "$root/proc"
        mount --rbind /dev "$root/dev"
        exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
            DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"' in_root "$@"
}

remove_root() {
    root_is_ours "$1" || return 1
    if [ -e "$1" ]; then
        # The folder itself lies in one of the caller's, where in a user namespace only the caller may remove it.
        $privileged find "$1" -xdev -mindepth 1 -delete
        rmdir "$1" || return 1
    fi
    rm -f "$1.apt.conf"
}
