# packages.sh
# need_packages PACKAGE...: what the tools install, said aloud; sourced by them
#
# SPDX-License-Identifier: GPL-2.0-or-later

# What tools/test needs, on this machine and in the root of every other suite.
# shellcheck disable=SC2034
test_packages="cmake ninja-build gcc libc6-dev pkg-config wireshark-dev tshark wireshark libcmocka-dev \
    python3 python3-pytest python3-scapy python3-jsonschema python3-jinja2 python3-matplotlib python3-lxml \
    python3-selenium chromium chromium-driver xvfb xauth xdotool xclip imagemagick x11-utils fonts-dejavu-core \
    dpkg-dev file tcpdump jq"

# Installs the Debian packages that are missing: as root, or through sudo. Elsewhere it says what to install.
need_packages() {
    missing=
    if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
        echo "$0: this is no Debian system, so nothing was installed. It needs what these Debian packages hold: $*" >&2
        exit 1
    fi
    for package in "$@"; do
        case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
        "install ok installed") ;;
        *) missing="$missing $package" ;;
        esac
    done
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -eq 0 ]; then
        as_root=
    elif command -v sudo >/dev/null 2>&1; then
        as_root=sudo
    else
        echo "$0: these packages are missing, and neither root nor sudo is at hand to install them:$missing" >&2
        echo "$0: as root: apt-get install$missing" >&2
        exit 1
    fi
    echo "Installing with apt-get:$missing"
    log=$(mktemp)
    # shellcheck disable=SC2086 # both are lists of words
    if ! { $as_root apt-get update &&
            $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } \
            >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        echo "$0: apt-get could not install:$missing" >&2
        exit 1
    fi
    rm -f "$log"
}
