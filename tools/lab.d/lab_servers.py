# SPDX-License-Identifier: GPL-2.0-or-later
"""The servers of the lab: dnsmasq, ISC dhcpd and tftpd-hpa, each started in a host's namespace."""
import shutil

from lab_network import wait_until


def own_copy(lab, program):
    """A copy in the lab's directory: an AppArmor profile confines the installed path to its own directories."""
    copy = lab.directory / program.rsplit("/", 1)[-1]
    if not copy.exists():
        shutil.copy(program, copy)
    return copy


def dnsmasq(host, *options, name="dnsmasq"):
    server = host.start(name, "dnsmasq", "--conf-file=/dev/null", "--keep-in-foreground", "--log-facility=-", "--log-dhcp", "--port=0",
                        "--user=root", "--bind-interfaces", "--pid-file=", f"--dhcp-leasefile={host.lab.directory}/{name}.leases", *options)
    server.wait_for_log("started, version")
    return server


def dhcpd(host, configuration, name="dhcpd"):
    """Starts dhcpd on all interfaces of the host that its configuration has a subnet for."""
    directory = host.lab.directory
    (directory / f"{name}.conf").write_text(configuration)
    (directory / f"{name}.leases").touch()
    server = host.start(name, own_copy(host.lab, "/usr/sbin/dhcpd"), "-4", "-d", "-f", "--no-pid", "-user", "root", "-group", "root",
                        "-cf", directory / f"{name}.conf", "-lf", directory / f"{name}.leases")
    server.wait_for_log("Server starting service")
    return server


def _listening_on_tftp_port(host):
    wait_until(lambda: ":69 " in host.run("ss", "-Hlun"), 10, "the TFTP server to listen on port 69")


def tftpd(host, root, *options):
    """tftpd-hpa"""
    host.start("tftpd", "in.tftpd", "--foreground", "--listen", "--address", "0.0.0.0:69", "--user", "root", "--secure", *options, root)
    _listening_on_tftp_port(host)


def atftpd(host, root, program):
    host.start("atftpd", program, "--daemon", "--no-fork", "--user", "root.root", "--logfile", "-", root)
    _listening_on_tftp_port(host)
