# SPDX-License-Identifier: GPL-2.0-or-later
"""What the lab records: one function per capture. Its docstring says what the capture shows."""
import json
import pathlib
import re
import shutil

from lab_machine import grub_loader, ipxe_machine, uefi_machine
from lab_network import LabError
from lab_packages import unpack
from lab_recorder import Recorder
from lab_rfc3074 import bucket
from lab_servers import atftpd, dhcpd, dnsmasq, own_copy, tftpd

SCENARIOS = {}  # name: function, in the order of recording
MAC = "52:54:00:a1:00:01"
PXE_CLASS = "PXEClient:Arch:00000:UNDI:002001"
GRUB_LOADER = "a GRUB image that switches the machine off (grub-mkimage -O i386-pc-pxe)"
UEFI_LOADER = "a GRUB image that switches the machine off (grub-mkimage -O x86_64-efi)"


class Take:
    """One recording in the making: what a scenario needs, and what it leaves."""

    def __init__(self, lab):
        self.lab, self.recorders, self.recorded_on, self.log = lab, [], [], ""
        self.more_software, self.extra_facts = {}, {}
        self.tftp = lab.directory / "tftp"
        self.tftp.mkdir()

    def record(self, namespace, interface="eth0"):
        self.recorders.append(Recorder(namespace, interface, f"side{len(self.recorders)}"))
        self.recorded_on.append(f"{namespace.short_name} {interface}")
        return self.recorders[-1]

    def wait_for_boot(self, machine, seconds=120):
        """The loaders switch their machine off."""
        machine.wait_for_end(seconds)
        self.recorders[0].wait_for_quiet(2, 20)

    def go_on(self, seconds, segment):
        """Silence of so many seconds, and then another machine's frames: only they show that the recording went on."""
        self.recorders[0].wait_for_quiet(seconds, 6 * seconds)
        passer_by = self.lab.host("passerby", segment, "10.1.1.9/24", "02:00:0a:01:01:09")
        # Nothing listens there: ARP, a TCP SYN and its RST.
        passer_by.run("/usr/bin/python3", "-c", "import socket; socket.socket().connect_ex(('10.1.1.1', 9))")
        self.recorders[0].wait_for("tcp.flags.reset == 1", 10)

    def keep_log(self, process, pattern):
        lines = [line for line in process.log().splitlines() if re.search(pattern, line)]
        self.log += "\n".join(lines).replace(str(self.lab.directory), "LAB") + "\n"

    def server(self, address="10.1.1.1", segment=None, name="server"):
        segment = segment or self.lab.segment()
        mac = "02:00:" + ":".join(f"{int(part):02x}" for part in address.split("."))
        return self.lab.host(name, segment, f"{address}/24", mac), segment


def scenario(name, packages, made_by):
    """made_by says which software plays which part; packages are those whose versions matter."""
    def register(function):
        function.packages, function.made_by = packages.split(), made_by
        function.shows = " ".join(function.__doc__.split())
        SCENARIOS[name] = function
        return function
    return register


def dhcpd_conf(body):
    return f"authoritative;\nddns-update-style none;\ndefault-lease-time 3600;\nmax-lease-time 3600;\n{body}\n"


def subnet(network, options, first=100, last=150):
    return f"subnet {network}.0 netmask 255.255.255.0 {{ range {network}.{first} {network}.{last}; {options} }}\n"


# --- boots ---------------------------------------------------------------------------------------------------------------

@scenario("ipxe-dnsmasq", "ipxe-qemu qemu-system-x86 dnsmasq-base grub-pc-bin",
          f"iPXE ROM in QEMU; dnsmasq as DHCP and TFTP server, its ping check off; ARDBP32.BIN is {GRUB_LOADER}")
def ipxe_dnsmasq(take):
    """A whole BIOS boot's phase 1: DISCOVERs with secs 4 and the broadcast flag clear, both answered; an ARP announcement right
    after the ACK; one download with blksize 1432 and tsize."""
    server, segment = take.server()
    grub_loader(take.lab, take.tftp / "ARDBP32.BIN")
    take.record(server)
    dnsmasq(server, "--interface=eth0", "--no-ping", "--dhcp-range=10.1.1.100,10.1.1.150,1h", f"--dhcp-host={MAC},10.1.1.100",
            "--dhcp-boot=ARDBP32.BIN", "--enable-tftp", f"--tftp-root={take.tftp}")
    take.wait_for_boot(ipxe_machine(segment, MAC))


def _ipxe_isc(take, *tftpd_options):
    server, segment = take.server()
    grub_loader(take.lab, take.tftp / "ARDBP32.BIN")
    take.record(server)
    tftpd(server, take.tftp, *tftpd_options)
    # Its default, 1 s, is just when this ROM sends its next DISCOVER: either may come first.
    dhcpd(server, dhcpd_conf("ping-timeout-ms 500;\n" + subnet("10.1.1", 'next-server 10.1.1.1; filename "ARDBP32.BIN";')))
    take.wait_for_boot(ipxe_machine(segment, MAC))


@scenario("ipxe-isc-tftpd", "ipxe-qemu qemu-system-x86 isc-dhcp-server tftpd-hpa grub-pc-bin",
          f"iPXE ROM in QEMU; ISC dhcpd (its ping check on, with 0.5 s) and tftpd-hpa; ARDBP32.BIN is {GRUB_LOADER}")
def ipxe_isc_tftpd(take):
    """The same boot with other servers: dhcpd asks by ARP for the address before it offers it; the boot file's name stands in
    the BOOTP file field; block size negotiated."""
    _ipxe_isc(take)


@scenario("ipxe-isc-tftpd-512", "ipxe-qemu qemu-system-x86 isc-dhcp-server tftpd-hpa grub-pc-bin",
          f"iPXE ROM in QEMU; ISC dhcpd (its ping check on, with 0.5 s) and tftpd-hpa told to refuse the block size (--refuse blksize); ARDBP32.BIN is {GRUB_LOADER}")
def ipxe_isc_tftpd_512(take):
    """The block size is asked for and not granted: the option acknowledgement has tsize only, and the blocks have 512 bytes."""
    _ipxe_isc(take, "--refuse", "blksize")


@scenario("ipxe-chained", "ipxe-qemu qemu-system-x86 ipxe isc-dhcp-server tftpd-hpa grub-pc-bin",
          f"iPXE ROM in QEMU; ISC dhcpd and tftpd-hpa; ARDBP32.BIN is iPXE's undionly.kpxe, second.bin is {GRUB_LOADER}")
def ipxe_chained(take):
    """One boot, two rounds: the ROM loads ARDBP32.BIN, which asks DHCP again with a new transaction (now with the broadcast flag
    set) and downloads second.bin."""
    _chained(take, "ARDBP32.BIN", "second.bin")


@scenario("ipxe-chained-late", "ipxe-qemu qemu-system-x86 ipxe isc-dhcp-server tftpd-hpa grub-pc-bin",
          f"iPXE ROM in QEMU; ISC dhcpd and tftpd-hpa; first.kpxe is iPXE's undionly.kpxe, ARDBP32.BIN is {GRUB_LOADER}")
def ipxe_chained_late(take):
    """One boot, two rounds, of which only the second names ARDBP32.BIN."""
    _chained(take, "first.kpxe", "ARDBP32.BIN")


def _chained(take, first, second):
    server, segment = take.server()
    shutil.copy("/usr/lib/ipxe/undionly.kpxe", take.tftp / first)
    grub_loader(take.lab, take.tftp / second)
    take.record(server)
    tftpd(server, take.tftp)
    # Both rounds come from an iPXE and differ in one thing: over UNDI it sets the broadcast flag.
    dhcpd(server, dhcpd_conf("ping-check false;\n" + subnet("10.1.1", f"""next-server 10.1.1.1;
        if extract-int(packet(10, 1), 8) = 128 {{ filename "{second}"; }} else {{ filename "{first}"; }}""")))
    take.wait_for_boot(ipxe_machine(segment, MAC))


@scenario("ovmf-pvsnbpx64", "ovmf qemu-system-x86 isc-dhcp-server tftpd-hpa grub-efi-amd64-bin",
          f"UEFI machine in QEMU (OVMF, EDK2's own PXE client, virtio card); ISC dhcpd and tftpd-hpa; pvsnbpx64.efi is {UEFI_LOADER}")
def ovmf_pvsnbpx64(take):
    """A UEFI boot's phase 1: a read request for the size only, ended by the client with TFTP ERROR 8, then the read itself."""
    _ovmf(take, tftpd)


@scenario("ovmf-windowsize", "ovmf qemu-system-x86 isc-dhcp-server libwrap0 grub-efi-amd64-bin",
          f"UEFI machine in QEMU (OVMF, EDK2's own PXE client, virtio card); ISC dhcpd; atftpd, which grants the window size that EDK2 asks for; pvsnbpx64.efi is {UEFI_LOADER}")
def ovmf_windowsize(take):
    """The same with windowsize 4 (RFC 7440): four blocks for each ACK."""
    # atftpd conflicts with tftpd-hpa: it is not installed.
    unpacked, take.more_software["atftpd"] = unpack("atftpd", take.lab.directory)
    _ovmf(take, lambda server, root: atftpd(server, root, unpacked / "usr/sbin/atftpd"))


def _ovmf(take, tftp_server):
    server, segment = take.server()
    grub_loader(take.lab, take.tftp / "pvsnbpx64.efi", "x86_64-efi")
    take.record(server)
    tftp_server(server, take.tftp)
    dhcpd(server, dhcpd_conf("ping-check false;\n" + subnet("10.1.1", 'next-server 10.1.1.1; filename "pvsnbpx64.efi";')))
    take.wait_for_boot(uefi_machine(segment, MAC))


@scenario("proxydhcp-4011", "ipxe-qemu qemu-system-x86 isc-dhcp-server dnsmasq-base grub-pc-bin",
          f"iPXE ROM in QEMU; ISC dhcpd that knows no boot file; dnsmasq as proxyDHCP, PXE and TFTP server; ARDBP32.BIN is {GRUB_LOADER}")
def proxydhcp_4011(take):
    """A plain DHCP server gives the address, a PXE server beside it offers none and names the boot file when asked on port 4011."""
    plain, segment = take.server("10.1.1.1", name="dhcp")
    pxe, _ = take.server("10.1.1.2", segment, name="pxe")
    grub_loader(take.lab, take.tftp / "ARDBP32.BIN")
    take.record(segment, "br0")
    dhcpd(plain, dhcpd_conf("ping-check false;\n" + subnet("10.1.1", "option routers 10.1.1.1;")))
    dnsmasq(pxe, "--interface=eth0", "--dhcp-range=10.1.1.0,proxy", "--pxe-service=x86PC,PVSBOOT lab,ARDBP32.BIN",
            "--enable-tftp", f"--tftp-root={take.tftp}")
    take.wait_for_boot(ipxe_machine(segment, MAC))


@scenario("relay", "ipxe-qemu qemu-system-x86 isc-dhcp-server tftpd-hpa dnsmasq-base grub-pc-bin",
          f"iPXE ROM in QEMU; dnsmasq as DHCP relay on a Linux router; ISC dhcpd and tftpd-hpa behind it; ARDBP32.BIN is {GRUB_LOADER}")
def relay(take):
    """A boot through a relay (giaddr 10.1.1.254), recorded on both sides of the router and merged: every frame that crosses it
    stands in the file twice, from the router's MAC on the servers' side."""
    clients, servers = take.lab.segment("clients"), take.lab.segment("servers")
    router, _ = take.server("10.1.1.254", clients, "router")
    router.attach(servers, "10.2.2.254/24", "02:00:0a:02:02:fe")
    router.run("sysctl", "-qw", "net.ipv4.ip_forward=1")
    server, _ = take.server("10.2.2.1", servers)
    server.run("ip", "route", "add", "10.1.1.0/24", "via", "10.2.2.254")
    grub_loader(take.lab, take.tftp / "ARDBP32.BIN")
    take.record(router, "eth0")
    take.record(router, "eth1")
    tftpd(server, take.tftp)
    dhcpd(server, dhcpd_conf("ping-check false;\n" + subnet("10.1.1", 'option routers 10.1.1.254; next-server 10.2.2.1; filename "ARDBP32.BIN";')
                             + "subnet 10.2.2.0 netmask 255.255.255.0 { }\n"))
    dnsmasq(router, "--dhcp-relay=10.1.1.254,10.2.2.1")
    take.wait_for_boot(ipxe_machine(clients, MAC))


# --- boots that fail -----------------------------------------------------------------------------------------------------

FAILING = "ipxe-qemu qemu-system-x86 dnsmasq-base"


def _failing(take, proof, count, *options):
    """A boot that ends without a loader: the machine stays, so the recording ends when it has been quiet."""
    server, segment = take.server()
    recorder = take.record(server)
    dnsmasq(server, "--interface=eth0", "--no-ping", "--dhcp-range=10.1.1.100,10.1.1.150,1h", f"--dhcp-host={MAC},10.1.1.100",
            "--dhcp-boot=ARDBP32.BIN", *options)
    ipxe_machine(segment, MAC)
    recorder.wait_for(proof, 120, count)
    recorder.wait_for_quiet(6, 60)


@scenario("ipxe-file-missing", FAILING, "iPXE ROM in QEMU; dnsmasq as DHCP and TFTP server, its ping check off, its TFTP folder empty")
def ipxe_file_missing(take):
    """DHCP names ARDBP32.BIN, which the TFTP server does not have: ERROR 1, and the ROM gives up."""
    _failing(take, "tftp.opcode == 5", 1, "--enable-tftp", f"--tftp-root={take.tftp}")


@scenario("ipxe-no-tftp", FAILING, "iPXE ROM in QEMU; dnsmasq as DHCP server only, its ping check off; ICMP errors of the Linux kernel")
def ipxe_no_tftp(take):
    """DHCP names ARDBP32.BIN, but no TFTP server listens: the kernel answers each read request with ICMP port unreachable."""
    _failing(take, "icmp.type == 3", 2)


@scenario("ipxe-option-60", FAILING + " grub-pc-bin",
          f"iPXE ROM in QEMU; dnsmasq that itself sends option 60, without a PXE service; ARDBP32.BIN is {GRUB_LOADER}")
def ipxe_option_60(take):
    """The DHCP server's own answers carry option 60 (PXEClient), though no PXE service runs there: iPXE asks no port 4011, and
    fetches the file that the ACK names."""
    server, segment = take.server()
    grub_loader(take.lab, take.tftp / "ARDBP32.BIN")
    take.record(server)
    dnsmasq(server, "--interface=eth0", "--no-ping", "--dhcp-range=10.1.1.100,10.1.1.150,1h", f"--dhcp-host={MAC},10.1.1.100",
            "--dhcp-boot=ARDBP32.BIN", "--dhcp-option-force=60,PXEClient", "--enable-tftp", f"--tftp-root={take.tftp}")
    take.wait_for_boot(ipxe_machine(segment, MAC))


def drop_on_arrival(server, udp_port):
    """What comes to this port is recorded, and then dropped by a filter: no answer, and no ICMP error either."""
    server.run("nft", "add table inet lab; add chain inet lab input { type filter hook input priority 0; }; "
                      f"add rule inet lab input udp dport {udp_port} counter drop")


@scenario("ipxe-silent-tftp", FAILING + " nftables",
          "iPXE ROM in QEMU; dnsmasq as DHCP and TFTP server, its ping check off, behind an nftables filter that drops what comes to port 69 (recorded before the filter)")
def ipxe_silent_tftp(take):
    """DHCP names ARDBP32.BIN, and the read requests reach a boot server that stays silent: no answer, no ICMP error. The ROM
    asks again and again from the same port, and gives up."""
    server, segment = take.server()
    recorder = take.record(server)
    drop_on_arrival(server, 69)
    dnsmasq(server, "--interface=eth0", "--no-ping", "--dhcp-range=10.1.1.100,10.1.1.150,1h", f"--dhcp-host={MAC},10.1.1.100",
            "--dhcp-boot=ARDBP32.BIN", "--enable-tftp", f"--tftp-root={take.tftp}")
    ipxe_machine(segment, MAC)
    recorder.wait_for("tftp.opcode == 1", 120, 3)
    take.go_on(15, segment)


@scenario("proxydhcp-silent", "ipxe-qemu qemu-system-x86 isc-dhcp-server dnsmasq-base nftables",
          "iPXE ROM in QEMU; ISC dhcpd that knows no boot file; dnsmasq as proxyDHCP and PXE server, behind an nftables filter that drops what comes to port 4011 (recorded before the filter)")
def proxydhcp_silent(take):
    """A plain DHCP server gives the address, a PXE server beside it makes its offer, and is silent when asked on port 4011."""
    plain, segment = take.server("10.1.1.1", name="dhcp")
    pxe, _ = take.server("10.1.1.2", segment, name="pxe")
    recorder = take.record(segment, "br0")
    drop_on_arrival(pxe, 4011)
    dhcpd(plain, dhcpd_conf("ping-check false;\n" + subnet("10.1.1", "option routers 10.1.1.1;")))
    dnsmasq(pxe, "--interface=eth0", "--dhcp-range=10.1.1.0,proxy", "--pxe-service=x86PC,PVSBOOT lab,ARDBP32.BIN",
            "--enable-tftp", f"--tftp-root={take.tftp}")
    ipxe_machine(segment, MAC)
    recorder.wait_for("udp.dstport == 4011", 120)
    take.go_on(15, segment)


@scenario("ipxe-no-bootfile", "ipxe-qemu qemu-system-x86 isc-dhcp-server",
          "iPXE ROM in QEMU; ISC dhcpd that knows no boot file, its ping check off, told to answer by broadcast (always-broadcast)")
def ipxe_no_bootfile(take):
    """The only DHCP server's answers name no boot file, and go to everybody: an offer of a PXE server would have been seen."""
    server, segment = take.server()
    recorder = take.record(server)
    dhcpd(server, dhcpd_conf("ping-check false;\nalways-broadcast on;\n" + subnet("10.1.1", "option routers 10.1.1.1;")))
    ipxe_machine(segment, MAC)
    recorder.wait_for("dhcp.option.dhcp == 5", 120)
    take.go_on(12, segment)


@scenario("ipxe-efi-file", "ipxe-qemu qemu-system-x86 dnsmasq-base grub-efi-amd64-bin",
          "iPXE ROM in QEMU; dnsmasq as DHCP and TFTP server, its ping check off; pvsnbpx64.efi is the first 20000 bytes of a GRUB image "
          "for UEFI (grub-mkimage -O x86_64-efi)")
def ipxe_efi_file(take):
    """A BIOS machine is given pvsnbpx64.efi: the ROM downloads all of it, and cannot run it."""
    server, segment = take.server()
    recorder = take.record(server)
    loader = grub_loader(take.lab, take.tftp / "pvsnbpx64.efi", "x86_64-efi")
    loader.write_bytes(loader.read_bytes()[:20000])  # the rest would tell nothing more, and the capture stays small
    dnsmasq(server, "--interface=eth0", "--no-ping", "--dhcp-range=10.1.1.100,10.1.1.150,1h", f"--dhcp-host={MAC},10.1.1.100",
            "--dhcp-boot=pvsnbpx64.efi", "--enable-tftp", f"--tftp-root={take.tftp}")
    ipxe_machine(segment, MAC)
    recorder.wait_for("tftp.opcode == 3", 120)
    take.go_on(12, segment)


FAILING_UEFI = "ovmf qemu-system-x86 isc-dhcp-server"
UEFI = "UEFI machine in QEMU (OVMF, EDK2's own PXE client, virtio card)"


def _failing_ovmf(take, boot_file, proof, tftp_server=None, limit=180):
    """The firmware goes on with its next boot option, PXE over IPv6, whose requests come ever more rarely: the recording ends then."""
    server, segment = take.server()
    recorder = take.record(server)
    if tftp_server:
        tftp_server(server, take.tftp)
    dhcpd(server, dhcpd_conf("ping-check false;\n" + subnet("10.1.1", f'next-server 10.1.1.1; filename "{boot_file}";')))
    uefi_machine(segment, MAC)
    recorder.wait_for(proof, limit)
    take.go_on(12, segment)


@scenario("ovmf-file-missing", FAILING_UEFI + " tftpd-hpa", f"{UEFI}; ISC dhcpd; tftpd-hpa, its folder empty")
def ovmf_file_missing(take):
    """DHCP names pvsnbpx64.efi, which the TFTP server does not have: ERROR 1 to the request by which EDK2 asks for the size, and
    no other request follows; the firmware goes on with PXE over IPv6."""
    _failing_ovmf(take, "pvsnbpx64.efi", "tftp.opcode == 5", tftpd)


@scenario("ovmf-next-option", FAILING_UEFI + " tftpd-hpa", f"{UEFI}, and its HTTP boot; ISC dhcpd; tftpd-hpa, its folder empty")
def ovmf_next_option(take):
    """The same, recorded for longer: PXE over IPv6 finds nobody, then the firmware tries HTTP boot (option 60 is HTTPClient)."""
    _failing_ovmf(take, "pvsnbpx64.efi", 'dhcp.option.vendor_class_id contains "HTTPClient"', tftpd, 300)


@scenario("ovmf-no-tftp", FAILING_UEFI, f"{UEFI}; ISC dhcpd; no TFTP server: ICMP errors of the Linux kernel")
def ovmf_no_tftp(take):
    """DHCP names pvsnbpx64.efi, but no TFTP server listens: the kernel answers EDK2's only read request with ICMP port unreachable,
    and EDK2 believes it at once."""
    _failing_ovmf(take, "pvsnbpx64.efi", "icmp.type == 3")


@scenario("ovmf-bios-file", FAILING_UEFI + " tftpd-hpa grub-pc-bin", f"{UEFI}; ISC dhcpd and tftpd-hpa; ARDBP32.BIN is {GRUB_LOADER}")
def ovmf_bios_file(take):
    """A UEFI machine is given ARDBP32.BIN: EDK2 downloads all of it, and cannot run it."""
    grub_loader(take.lab, take.tftp / "ARDBP32.BIN")
    _failing_ovmf(take, "ARDBP32.BIN", "tftp.opcode == 3", tftpd)


# --- who is answered ----------------------------------------------------------------------------------------------------

def client(mac, discovers, client_id=None, vendor_class=None):
    """A scripted DHCP client (lab_dhcp_client.py); discovers: [second, secs, broadcast flag] each."""
    return {"mac": mac, "client_id": client_id, "vendor_class": vendor_class, "discovers": discovers}


def five(broadcast, secs=0, begin=0):
    """Five DISCOVERs, 4 s apart, all with the same secs."""
    return [[begin + 4 * number, secs, broadcast] for number in range(5)]


def run_clients(take, segment, clients):
    machine = take.lab.host("scripted", segment)
    plan = take.lab.directory / "clients.json"
    plan.write_text(json.dumps(clients))
    script = pathlib.Path(__file__).with_name("lab_dhcp_client.py")
    process = machine.start("dhcp-clients", "/usr/bin/python3", script, "eth0", plan)
    process.wait_for_end(120)
    if process.popen.returncode:
        raise LabError(process.log())


CLEAR, SET = False, True
PRIMARY_BUCKETS = 128  # "split 128": the primary answers buckets 0 to 127
MAX_SECONDS = 3  # "load balance max seconds"

FAILOVER_CLIENTS = [
    # Five DISCOVERs with secs 0: only the bucket decides.
    client("02:50:56:97:6a:27", five(CLEAR)), client("02:50:56:9b:0d:cc", five(SET)),
    client("02:50:56:22:0a:19", five(CLEAR)), client("02:50:56:43:8b:2a", five(SET)),
    client("02:50:56:d5:69:bf", five(CLEAR)), client("02:50:56:a1:5e:6c", five(SET)),
    client("02:50:57:00:00:00", five(CLEAR), "00962ba66f0d7b0d11b6c497b8cfc4aff9"),
    client("02:50:57:00:00:01", five(CLEAR), "0086a2706e7c766d2ab0fccff40274e11c"),
    client("02:50:58:00:00:00", five(CLEAR), None, PXE_CLASS), client("02:50:58:00:00:01", five(SET), None, PXE_CLASS),
    client("02:50:58:00:00:0c", five(CLEAR), None, PXE_CLASS), client("02:50:58:00:00:0d", five(SET), None, PXE_CLASS),
    # The same client with the flag clear, then set: it decides nothing.
    client("02:50:58:00:00:1d", five(CLEAR)[:3] + five(SET)[3:], None, PXE_CLASS),
    # The same MACs with another identifier, later: another bucket.
    client("02:50:57:00:00:00", five(SET, begin=24), "01025057000000"), client("02:50:57:00:00:01", five(SET, begin=24), "01025057000001"),
    # Buckets of the peer, and secs that rise as time goes by: answered as soon as secs is above the threshold.
    client("02:50:58:00:00:05", [[second, second, CLEAR] for second in (0, 2, 3, 4, 8)], None, PXE_CLASS),
    client("02:50:58:00:00:06", [[second, second, SET] for second in (0, 2, 3, 4, 8)], None, PXE_CLASS),
    # Buckets of the peer, and secs 4 from the first DISCOVER on, as ROMs send it.
    client("02:50:58:00:00:08", five(CLEAR, secs=4), None, PXE_CLASS), client("02:50:58:00:00:09", five(SET, secs=4), None, PXE_CLASS),
]
ROM_OF_THE_PEER = "52:54:00:a1:00:05"  # a ROM's option 61 is 01 and its MAC: bucket 231


@scenario("failover", "isc-dhcp-server tftpd-hpa ipxe-qemu qemu-system-x86 python3-scapy grub-pc-bin",
          "ISC dhcpd failover pair (split 128, load balance max seconds 3), both in state normal; the clients reach the primary only; scripted "
          f"clients (scapy), and at last an iPXE ROM in QEMU with tftpd-hpa; ARDBP32.BIN is {GRUB_LOADER}")
def failover(take):
    """The blog's case: the reachable half says "load balance to peer" and stays silent to DISCOVERs with secs 0 of the peer's
    buckets, and answers every bucket of its own and every secs above 3; the broadcast flag decides nothing. failover.log has
    the primary's words, "verdicts" in the facts has each client's bucket and what it was told."""
    clients_segment, between = take.lab.segment("clients"), take.lab.segment("between")
    primary, _ = take.server("10.1.1.1", clients_segment, "primary")
    primary.attach(between, "10.2.2.1/24")
    secondary, _ = take.server("10.2.2.2", between, "secondary")
    grub_loader(take.lab, take.tftp / "ARDBP32.BIN")
    take.record(primary, "eth0")
    tftpd(primary, take.tftp)

    def configuration(role, own, peer, more=""):
        return dhcpd_conf(f"""ping-check false;
            failover peer "pvs" {{ {role}; address {own}; port 647; peer address {peer}; peer port 647;
                max-response-delay 60; max-unacked-updates 10; load balance max seconds {MAX_SECONDS}; {more} }}
            subnet 10.2.2.0 netmask 255.255.255.0 {{ }}
            subnet 10.1.1.0 netmask 255.255.255.0 {{
                next-server 10.1.1.1; filename "ARDBP32.BIN";
                pool {{ failover peer "pvs"; range 10.1.1.100 10.1.1.199; }} }}""")

    # After the first contact of two new servers, the primary waits for mclt seconds before its state is normal.
    halves = [dhcpd(primary, configuration("primary", "10.2.2.1", "10.2.2.2", f"mclt 5; split {PRIMARY_BUCKETS};"), "primary-dhcpd"),
              dhcpd(secondary, configuration("secondary", "10.2.2.2", "10.2.2.1"), "secondary-dhcpd")]
    for half in halves:
        half.wait_for_log(r"I move from \S+ to normal", 60)
        half.wait_for_log(r"peer moves from \S+ to normal", 60)
    halves[0].wait_for_log("balanced pool", 60)

    run_clients(take, clients_segment, FAILOVER_CLIENTS)
    take.wait_for_boot(ipxe_machine(clients_segment, ROM_OF_THE_PEER))
    take.keep_log(halves[0], "^DHCP|failover peer|balanc")
    take.extra_facts["verdicts"] = _verdicts(halves[0].log())


def _verdicts(log):
    """What the primary said to each client, and that it is what RFC 3074 and the threshold say."""
    verdicts = {}
    told = {mac: re.findall(rf"DHCPDISCOVER from {mac} .*?: (load balance to peer)", log) for mac in {plan["mac"] for plan in FAILOVER_CLIENTS}}
    offered = {mac: re.findall(rf"DHCPOFFER on \S+ to {mac}", log) for mac in [*told, ROM_OF_THE_PEER]}
    for plan in FAILOVER_CLIENTS:
        number = bucket(plan["mac"], plan["client_id"])
        silent = [secs for _, secs, _ in plan["discovers"] if number >= PRIMARY_BUCKETS and secs <= MAX_SECONDS]
        answered = len(silent) < len(plan["discovers"])
        verdicts[" ".join(filter(None, [plan["mac"], plan["client_id"]]))] = {
            "bucket": number, "vendor_class": plan["vendor_class"], "secs": sorted({secs for _, secs, _ in plan["discovers"]}),
            "flags": sorted({"set" if broadcast else "clear" for _, _, broadcast in plan["discovers"]}),
            "load_balance_to_peer": len(silent), "answered_by": "10.1.1.1" if answered else None}
    for mac, lines in told.items():
        own = [verdict for who, verdict in verdicts.items() if who.startswith(mac)]
        if len(lines) != sum(verdict["load_balance_to_peer"] for verdict in own) or len(offered[mac]) != sum(bool(verdict["answered_by"]) for verdict in own):
            raise LabError(f"{mac}: dhcpd said {lines}, {offered[mac]}; expected was {own}")
    return verdicts


@scenario("flag-filter", "dnsmasq-base nftables python3-scapy",
          "dnsmasq behind an nftables filter that drops DHCP requests with a clear broadcast flag (recorded before the filter); scripted clients (scapy)")
def flag_filter(take):
    """The other reading of the blog: the broadcast flag alone decides. Clear: silence, with secs 0 and with rising secs, with and
    without PXEClient; set: an answer, to the same client too. flag-filter.log has the server's words and the filter's count."""
    server, segment = take.server()
    take.record(server)
    # The BOOTP flags stand 10 bytes into the message, 18 into the UDP datagram: bit 144.
    server.run("nft", "add table inet lab; add chain inet lab input { type filter hook input priority 0; }; "
                      "add rule inet lab input udp dport 67 @th,144,1 0 counter drop")
    process = dnsmasq(server, "--interface=eth0", "--no-ping", "--dhcp-range=10.1.1.100,10.1.1.150,1h", "--dhcp-boot=ARDBP32.BIN,,10.1.1.1")
    rising = [0, 4, 8, 12, 16]
    run_clients(take, segment, [
        client("02:50:59:00:00:01", five(CLEAR)),
        client("02:50:59:00:00:02", five(SET)),
        client("02:50:59:00:00:03", [[second, second, CLEAR] for second in rising] + [[second, second, SET] for second in (20, 24)], None, PXE_CLASS),
        client("02:50:59:00:00:04", five(SET, secs=4), None, PXE_CLASS),
        client("02:50:59:00:00:05", [[second, second + 8, CLEAR] for second in rising], None, PXE_CLASS),
        client("02:50:59:00:00:06", [[second, second, SET] for second in rising], None, PXE_CLASS),
        client("02:50:59:00:00:07", five(CLEAR)[:3] + five(SET)[3:]),
        client("02:50:59:00:00:08", [[28, 0, SET]]),  # the recording goes on for a while after the last silence
    ])
    take.keep_log(process, r"DHCP(DISCOVER|OFFER|REQUEST|ACK)\(")
    take.log += server.run("nft", "list chain inet lab input")


@scenario("ordinary-clients", "isc-dhcp-client udhcpc dhcpcd-base isc-dhcp-server",
          "dhclient, udhcpc (busybox) and dhcpcd, each in a namespace of its own and with its built-in settings (dhcpcd's option 60 shortened: "
          "it would tell the machine's kernel); ISC dhcpd with its ping check on, 0.5 s")
def ordinary_clients(take):
    """Three operating system clients that are no boots; dhcpd asks by ARP for an address before it offers it, dhcpcd probes for
    and announces its own."""
    server, segment = take.server()
    recorder = take.record(server)
    dhcpd(server, dhcpd_conf("ping-timeout-ms 500;\n" + subnet("10.1.1", "option routers 10.1.1.1;")))
    script = take.lab.directory / "set-address.sh"  # instead of the packages' own, which would write the machine's resolv.conf
    script.write_text('#!/bin/sh\n[ "$1" = bound ] && ip address replace "$ip/24" dev "$interface"\n'
                      '[ "$reason" = BOUND ] && ip address replace "$new_ip_address/24" dev "$interface"\nexit 0\n')
    script.chmod(0o755)
    # dhcpcd keeps its state in /run and /var/lib: in this namespace, in memory only.
    in_memory = "mount -t tmpfs none /run && mkdir -p /var/lib/dhcpcd && mount -t tmpfs none /var/lib/dhcpcd && exec"
    for number, (name, *command) in enumerate([
            ("dhclient", own_copy(take.lab, "/sbin/dhclient"), "-4", "-d", "-cf", "/dev/null", "-sf", script,
             "-lf", take.lab.directory / "dhclient.leases", "-pf", "/dev/null", "eth0"),
            ("udhcpc", "udhcpc", "-f", "-i", "eth0", "-s", script),
            ("dhcpcd", "sh", "-c", f"{in_memory} dhcpcd -4 -B -f /dev/null -c /bin/true -i dhcpcd-9.4.1:Linux eth0")], 1):
        host = take.lab.host(name, segment, mac=f"02:50:5a:00:00:0{number}")
        host.start(name, *command)
        recorder.wait_for("dhcp.option.dhcp == 5", 30, number)
    recorder.wait_for("arp.isannouncement", 30)
    recorder.wait_for_quiet(4, 30)
