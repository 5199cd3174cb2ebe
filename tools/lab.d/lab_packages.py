# SPDX-License-Identifier: GPL-2.0-or-later
"""The Debian packages the lab needs: installs what is missing, says so, and starts none of their services."""
import os
import pathlib
import shutil
import subprocess

from lab_network import LabError, run

# What every recording needs, whatever it shows.
ALWAYS = ["iproute2", "procps", "ethtool", "tcpdump", "tshark", "wireshark-common"]

# Units that a package enables; the lab starts its servers itself, and none shall start with the machine because of the lab.
_UNITS = {"isc-dhcp-server": ["isc-dhcp-server.service"], "tftpd-hpa": ["tftpd-hpa.service"]}


def versions(packages):
    return {package: run("dpkg-query", "-W", "-f", "${Version}", package) for package in packages}


def _installed(package):
    state = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status}", package], capture_output=True, text=True).stdout
    return state == "installed"


def install(packages):
    missing = [package for package in dict.fromkeys([*ALWAYS, *packages]) if not _installed(package)]
    if not missing:
        return
    print("tools/lab: installs the Debian packages " + " ".join(missing), flush=True)
    policy = pathlib.Path("/usr/sbin/policy-rc.d")  # asked by Debian's packages whether their service may start
    own_policy = not policy.exists()
    if own_policy:
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
    try:
        run("apt-get", "-q", "update")
        run("apt-get", "-qy", "install", "--no-install-recommends", "--no-remove", *missing, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, seconds=900)
    except LabError as problem:
        raise LabError(f"cannot install {' '.join(missing)}: {problem}") from None
    finally:
        if own_policy:
            policy.unlink()
    for package, units in _UNITS.items():
        if package in missing and shutil.which("systemctl"):
            subprocess.run(["systemctl", "--quiet", "disable", *units], capture_output=True)


def unpack(package, directory):
    """Takes a package's files into a directory without installing it, for one that conflicts with another that is needed.
    Returns their root and the package's version."""
    print(f"tools/lab: downloads the Debian package {package}, and does not install it", flush=True)
    run("apt-get", "-q", "update")
    run("apt-get", "-q", "download", package, cwd=directory)
    archive = next(directory.glob(f"{package}_*.deb"))
    run("dpkg-deb", "--extract", archive, directory / package)
    return directory / package, run("dpkg-deb", "--field", archive, "Version").strip()
