# SPDX-License-Identifier: GPL-2.0-or-later
"""Virtual machines that boot from the network, and the small boot programs they fetch."""
import shutil

from lab_network import run


def grub_loader(lab, target, platform="i386-pc-pxe"):
    """A real boot program that uses no network: a GRUB image whose embedded configuration switches the machine off."""
    config = lab.directory / "halt.cfg"
    config.write_text("halt\n")
    target.parent.mkdir(exist_ok=True)
    run("grub-mkimage", "-O", platform, "-p", "/none", "-c", config, "-o", target, "halt")
    target.chmod(0o644)
    return target


def _qemu(segment, name, mac, *more):
    tap = segment.add_tap(f"tap-{name}")
    return segment.start(name, "qemu-system-x86_64", "-machine", "pc,accel=tcg", "-m", "256", "-nodefaults", "-nographic",
                         "-no-reboot", "-netdev", f"tap,id=net,ifname={tap},script=no,downscript=no", *more)


def ipxe_machine(segment, mac, name="target"):
    """A BIOS machine with iPXE as its network card's boot ROM (SeaBIOS, e1000, Debian's ipxe-qemu)."""
    return _qemu(segment, name, mac, "-device", f"e1000,netdev=net,mac={mac},bootindex=1,romfile=/usr/lib/ipxe/qemu/pxe-e1000.rom")


def uefi_machine(segment, mac, name="target"):
    """A UEFI machine (OVMF with EDK2's own PXE client, virtio network card without an option ROM)."""
    variables = segment.lab.directory / f"{name}-OVMF_VARS.fd"
    shutil.copy("/usr/share/OVMF/OVMF_VARS_4M.fd", variables)
    return _qemu(segment, name, mac, "-object", "rng-random,id=rng,filename=/dev/urandom", "-device", "virtio-rng-pci,rng=rng",
                 "-drive", "if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd",
                 "-drive", f"if=pflash,format=raw,file={variables}",
                 "-device", f"virtio-net-pci,netdev=net,mac={mac},bootindex=1,romfile=")
