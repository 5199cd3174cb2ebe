# private-apt.sh
# private_apt FOLDER LINE...: an apt of its own below FOLDER, with these lines as its sources; sourced, after roots.sh
#
# Nothing of the machine's own apt is changed: APT_CONFIG=FOLDER/conf apt-get ...
#
# SPDX-License-Identifier: GPL-2.0-or-later

private_apt() {
    apt_folder=$1
    shift
    mkdir -p "$apt_folder/lists/partial" "$apt_folder/cache/archives/partial"
    printf '%s\n' "$@" >"$apt_folder/sources.list"
    : >"$apt_folder/status"
    apt_network_options >"$apt_folder/conf"
    cat >>"$apt_folder/conf" <<END
Dir::State "$apt_folder";
Dir::State::status "$apt_folder/status";
Dir::Cache "$apt_folder/cache";
Dir::Etc::sourcelist "$apt_folder/sources.list";
Dir::Etc::sourceparts "-";
APT::Sandbox::User "root";
END
}
