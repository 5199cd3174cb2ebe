# ordinary-user.sh
# ordinary_user: prints the number of a user under whom root may run a program; sourced
#
# Wireshark as root ignores plugins that are not installed, and a capture may be hostile. The number is one that systemd
# gives to its dynamic users, and here belongs to nobody: no user has it and no process runs as it. So what is given to
# it is open to the program alone; "nobody" is shared by many.
#
# SPDX-License-Identifier: GPL-2.0-or-later

ordinary_user() {
    number=$((61184 + $$ % 4336))
    while getent passwd "$number" >/dev/null 2>&1 || getent group "$number" >/dev/null 2>&1 ||
            stat -c %u /proc/[0-9]* 2>/dev/null | grep -qx "$number"; do
        number=$((61184 + (number - 61183) % 4336))
    done
    echo "$number"
}
