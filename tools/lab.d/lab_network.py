# SPDX-License-Identifier: GPL-2.0-or-later
"""A network of its own: namespaces, switches, hosts and the processes in them.

Everything is made under one Lab (a context manager) and is gone when it ends: processes are ended by
their id, namespaces deleted, the temporary directory removed. No namespace has a way out.
"""
import ctypes
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time


class LabError(Exception):
    """Something did not happen as it should; the text says what."""


def run(*command, seconds=120, **options):
    """Runs a short command and returns what it printed; its failure is a LabError."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=seconds, **options)
    if done.returncode:
        raise LabError(f"{' '.join(map(str, command))}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def wait_until(condition, seconds, what):
    """Polls until condition() is true and returns its value; after so many seconds it is a LabError."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise LabError(f"waited {seconds} s in vain: {what}")
        time.sleep(0.1)


def _end_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: not even a killed lab leaves processes


class Process:
    """A long-running program; its output goes into a log file."""

    def __init__(self, lab, name, command):
        self.name, self.log_file = name, lab.directory / f"{name}.log"
        with open(self.log_file, "wb") as log:
            self.popen = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log,
                                          stderr=subprocess.STDOUT, preexec_fn=_end_with_parent)

    def log(self):
        return self.log_file.read_text(errors="replace")

    def running(self):
        return self.popen.poll() is None

    def wait_for_log(self, pattern, seconds=20):
        def said():
            if re.search(pattern, self.log()):
                return True
            if not self.running():
                raise LabError(f"{self.name} ended early:\n{self.log()}")
            return False
        wait_until(said, seconds, f"{self.name} to say '{pattern}', it said:\n{self.log()}")

    def wait_for_end(self, seconds):
        wait_until(lambda: not self.running(), seconds, f"{self.name} to end")

    def stop(self, with_signal=signal.SIGTERM):
        if self.running():
            self.popen.send_signal(with_signal)
            try:
                self.popen.wait(5)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait()


class Namespace:
    def __init__(self, lab, name):
        self.lab, self.short_name = lab, name
        self.name = f"pvslab-{os.getpid()}-{name}"
        run("ip", "netns", "add", self.name)
        lab.namespaces.append(self)
        self.run("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1")
        self.run("ip", "link", "set", "lo", "up")

    def run(self, *command):
        return run("ip", "netns", "exec", self.name, *command)

    def start(self, name, *command):
        process = Process(self.lab, name, ["ip", "netns", "exec", self.name, *command])
        self.lab.processes.append(process)
        return process


class Segment(Namespace):
    """An Ethernet segment: a namespace with a bridge."""

    def __init__(self, lab, name):
        super().__init__(lab, name)
        self.run("ip", "link", "add", "br0", "type", "bridge", "stp_state", "0", "mcast_snooping", "0")
        self.run("ip", "link", "set", "br0", "up")

    def add_port(self, port):
        self.run("ip", "link", "set", port, "master", "br0", "up")

    def add_tap(self, name="tap0"):
        """A tap for a virtual machine started in this namespace."""
        self.run("ip", "tuntap", "add", name, "mode", "tap")
        self.add_port(name)
        return name


class Host(Namespace):
    """A machine on one or more segments; its interfaces are eth0, eth1, ... in the order of attach()."""

    def __init__(self, lab, name):
        super().__init__(lab, name)
        self.interfaces = []

    def attach(self, segment, address=None, mac=None):
        interface = f"eth{len(self.interfaces)}"
        port = f"{self.short_name}-{interface}"  # the switch's end
        run("ip", "link", "add", interface, "netns", self.name, "type", "veth",
            "peer", "name", port, "netns", segment.name)
        if mac:
            self.run("ip", "link", "set", interface, "address", mac)
        self.run("ethtool", "-K", interface, "tx", "off")  # so that recorded UDP checksums are real ones
        if address:
            self.run("ip", "address", "add", address, "broadcast", "+", "dev", interface)
        segment.add_port(port)
        self.run("ip", "link", "set", interface, "up")
        self.interfaces.append(interface)
        return interface


class Lab:
    def __init__(self):
        self.namespaces, self.processes = [], []

    def __enter__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="pvslab-"))
        self.directory.chmod(0o755)  # servers that drop their privileges read from it
        return self

    def segment(self, name="switch"):
        return Segment(self, name)

    def host(self, name, segment=None, address=None, mac=None):
        host = Host(self, name)
        if segment:
            host.attach(segment, address, mac)
        return host

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.stop()
        for namespace in self.namespaces:
            # A program may have forked: what still runs in the lab's own namespace is the lab's.
            for pid in subprocess.run(["ip", "netns", "pids", namespace.name], capture_output=True, text=True).stdout.split():
                try:
                    os.kill(int(pid), signal.SIGKILL)
                except ProcessLookupError:
                    pass
            subprocess.run(["ip", "netns", "delete", namespace.name], capture_output=True)
        shutil.rmtree(self.directory, ignore_errors=True)
