# packages.sh
# need_packages PACKAGE...: sees to it that the tools have what they use; sourced by them
#
# A package stands for what the tools use of it. What is at hand is taken, wherever it came from. What is missing is
# installed on Debian and its like, said aloud; elsewhere it is named by what it is, and by the names of the packages that
# hold it there, as far as their documentation tells.
#
# SPDX-License-Identifier: GPL-2.0-or-later

# What tools/install, tools/demo and tools/report build the plugin with.
# shellcheck disable=SC2034
build_packages="cmake ninja-build gcc libc6-dev pkg-config libglib2.0-dev wireshark-dev tshark"

# What tools/test needs, on this machine and in the root of every other suite.
# shellcheck disable=SC2034
test_packages="$build_packages wireshark libcmocka-dev python3 python3-pytest python3-pytest-xdist python3-scapy \
    python3-jsonschema python3-jinja2 python3-matplotlib python3-lxml python3-selenium chromium chromium-driver \
    xvfb xauth xdotool xclip imagemagick x11-utils fonts-dejavu-core dpkg-dev file tcpdump jq shellcheck \
    python3-ijson python3-dpkt python3-distributed poppler-utils"

# Debian's package, what of it is used, and the packages that hold it in Fedora, Arch and openSUSE, where we know them.
other_names="\
cmake|cmake (3.25 or later)|cmake|cmake|cmake
ninja-build|ninja or make|ninja-build|ninja|ninja
gcc|a C compiler (cc)|gcc|gcc|gcc
libc6-dev|the headers of the C library|glibc-devel|glibc|glibc-devel
pkg-config|pkg-config|pkgconf-pkg-config|pkgconf|pkgconf-pkg-config
libglib2.0-dev|the headers of GLib (glib-2.0.pc)|glib2-devel|glib2|glib2-devel
wireshark-dev|the headers of Wireshark (WiresharkConfig.cmake)|wireshark-devel|wireshark-cli|wireshark-devel
tshark|tshark|wireshark-cli|wireshark-cli|wireshark
python3|/usr/bin/python3|python3|python|python3
python3-jinja2|Jinja2 for /usr/bin/python3|python3-jinja2|python-jinja|python3-Jinja2
python3-matplotlib|Matplotlib for /usr/bin/python3|python3-matplotlib|python-matplotlib|python3-matplotlib
python3-ijson|ijson for /usr/bin/python3|python3-ijson|python-ijson|python3-ijson
python3-dpkt|dpkt for /usr/bin/python3|python3-dpkt|python-dpkt|python3-dpkt"

# CMake looks there, too; a place that is named with Wireshark_DIR or CMAKE_PREFIX_PATH is taken at its word.
wireshark_headers_at_hand() {
    [ -z "${Wireshark_DIR-}${CMAKE_PREFIX_PATH-}" ] || return 0
    for lib in /usr/lib /usr/lib64 /usr/lib/*-linux-* /usr/local/lib /usr/local/lib64 /usr/local/lib/*-linux-*; do
        [ ! -e "$lib/cmake/wireshark/WiresharkConfig.cmake" ] && [ ! -e "$lib/wireshark/cmake/WiresharkConfig.cmake" ] ||
            return 0
    done
    return 1
}

# at_hand PACKAGE: whether what is used of it is there, by whatever way it came
at_hand() {
    case $1 in
    cmake | pkg-config | tshark) command -v "$1" ;;
    ninja-build) command -v ninja || command -v make ;;
    gcc) command -v cc ;;
    libc6-dev) echo '#include <stdio.h>' | cc -E - ;;
    libglib2.0-dev) pkg-config --exists glib-2.0 ;;
    wireshark-dev) wireshark_headers_at_hand ;;
    python3) [ -x /usr/bin/python3 ] ;;
    python3-jinja2 | python3-matplotlib | python3-ijson | python3-dpkt)
        /usr/bin/python3 -c "import importlib.util; importlib.util.find_spec('${1#python3-}') or exit(1)"
        ;;
    *) dpkg-query -W -f '${Status}' "$1" | grep -qx "install ok installed" ;;
    esac >/dev/null 2>&1
}

need_packages() {
    missing=
    for package in "$@"; do
        at_hand "$package" || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
        echo "$0: this is missing, and here is no apt-get to install it:" >&2
        for package in $missing; do
            echo "$other_names" | awk -F '|' -v package="$package" '
                $1 == package { found = 1
                    others = NF < 5 ? "" : ", Fedora: " $3 ", Arch: " $4 ", openSUSE: " $5
                    printf "  %s (package in Debian: %s%s)\n", $2, $1, others }
                END { if (!found) printf "  what is in Debian the package %s\n", package }' >&2
        done
        exit 1
    fi
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
    # Another apt-get may be at work: it is waited for.
    # shellcheck disable=SC2086 # both are lists of words
    if ! { $as_root apt-get -o DPkg::Lock::Timeout=300 update &&
            $as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y \
                --no-install-recommends $missing; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        echo "$0: apt-get could not install:$missing" >&2
        exit 1
    fi
    rm -f "$log"
}
