# usage.sh
# Help and complaints of a tool, from the comment at its head; sourced by it before it changes the folder
#
#     help_if_asked WORD...   where one of them is --help: says the comment, and ends with 0
#     misused [WHY]           says why, and the lines of usage, and ends with 2
#     only_for_pytest WORD... does so where one of them is no option of pytest; before much is done for nothing
#
# SPDX-License-Identifier: GPL-2.0-or-later

head_of_tool=$(sed -n '1d; /^# SPDX/q; s/^#$//p; s/^# //p' "$0")

help_if_asked() {
    for word in "$@"; do
        if [ "$word" = --help ]; then
            printf '%s\n' "$head_of_tool"
            exit 0
        fi
    done
}

misused() {
    [ $# -eq 0 ] || printf '%s: %s\n' "$0" "$*" >&2
    printf '%s\n' "$head_of_tool" | sed '/^$/,$d' >&2
    exit 2
}

only_for_pytest() {
    /usr/bin/python3 -B -m pytest -p no:cacheprovider --version "$@" >/dev/null 2>&1 ||
        misused "pytest does not know all of this: $*"
}
