# packages.sh
# need_packages PACKAGE...: names what the report needs and lacks; sourced by it. In a package, this is what
# tools/packages.sh is in the sources, but it installs nothing.
#
# SPDX-License-Identifier: GPL-2.0-or-later

need_packages() {
    python=/usr/bin/python3
    [ -x "$python" ] || python=python3
    missing=
    for package in "$@"; do
        case $package in
        python3-*) "$python" -c "import importlib.util; importlib.util.find_spec('${package#python3-}') or exit(1)" ;;
        *) command -v "$package" ;;
        esac >/dev/null 2>&1 || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    echo "$0: this is missing; on Debian and Ubuntu it is installed with: apt-get install$missing" >&2
    return 1
}
