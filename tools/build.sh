# build.sh
# build_plugin TEMPORARY-FOLDER [CMAKE-OPTION...]: builds the plugin; sourced, in the folder of the sources
#
# Says where on standard error, and sets $build to it: PVSBOOT_BUILD or build/release. In sources that are another user's,
# as those of whom sudo is asked by, nothing is left behind: there it builds in the temporary folder.
#
# SPDX-License-Identifier: GPL-2.0-or-later

# Ninja, where it is at hand; a folder that was configured before keeps what it was configured with.
if command -v ninja >/dev/null 2>&1; then
    export CMAKE_GENERATOR="${CMAKE_GENERATOR-Ninja}"
fi

# refuse_other_folder FOLDER: builds only in one that is new, empty, or configured by CMake, which itself sees to it that
# it was so for these sources
refuse_other_folder() {
    if [ -e "$1/CMakeCache.txt" ] || [ ! -e "$1" ] || { [ -d "$1" ] && [ -z "$(ls -A "$1")" ]; }; then
        return
    fi
    echo "$0: there are other files in this folder, so nothing is built there: $1" >&2
    exit 1
}

build_plugin() {
    log=$1/build.log
    build=${PVSBOOT_BUILD:-build/release}
    [ -n "${PVSBOOT_BUILD-}" ] || [ "$(stat -c %u .)" -eq "$(id -u)" ] || build=$1/build
    shift
    refuse_other_folder "$build"
    # A folder that was configured before keeps its build type.
    [ -e "$build/CMakeCache.txt" ] || set -- -DCMAKE_BUILD_TYPE=RelWithDebInfo "$@"
    echo "Building the plugin in $build" >&2
    mkdir -p "$build"
    # One after the other, where two tools build there at the same time.
    # shellcheck disable=SC2016 # the inner shell's own variables
    if ! flock "$build" sh -euc 'cmake -S . -B "$@"; cmake --build "$1"' build "$build" "$@" >"$log" 2>&1; then
        cat "$log" >&2
        echo "$0: the plugin could not be built" >&2
        exit 1
    fi
}
