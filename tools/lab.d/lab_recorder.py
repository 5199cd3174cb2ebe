# SPDX-License-Identifier: GPL-2.0-or-later
"""Records one interface with tcpdump, and turns the recording into a pcapng with a comment."""
import os
import signal
import subprocess
import tempfile
import time

from lab_network import LabError, run, wait_until


def tshark(*arguments):
    """tshark as Debian ships it: without anyone's profile, preferences or personal plugins."""
    with tempfile.TemporaryDirectory(prefix="pvslab-") as home:
        environment = {**os.environ, "HOME": home, "XDG_CONFIG_HOME": home, "WIRESHARK_CONFIG_DIR": home,
                       "WIRESHARK_PLUGIN_DIR": home, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        done = subprocess.run(["tshark", *map(str, arguments)], capture_output=True, text=True, env=environment, timeout=120)
    # While tcpdump still writes, the last packet may be cut short: what came before it counts.
    if done.returncode and "cut short" not in done.stderr:
        raise LabError(f"tshark: {done.stderr.strip()}")
    return done.stdout


def frame_count(capture, display_filter="frame"):
    return len(tshark("-n", "-r", capture, "-Y", display_filter, "-T", "fields", "-e", "frame.number").splitlines())


class Recorder:
    def __init__(self, namespace, interface, name="recording"):
        self.file = namespace.lab.directory / f"{name}.pcap"
        self.process = namespace.start(f"{name}-tcpdump", "tcpdump", "-i", interface, "-U", "-s", "0", "-Z", "root", "-w", self.file)
        self.process.wait_for_log("listening on")

    def wait_for(self, display_filter, seconds, count=1):
        wait_until(lambda: frame_count(self.file, display_filter) >= count, seconds, f"{count} frame(s) of '{display_filter}'")

    def wait_for_quiet(self, quiet_seconds, at_most):
        """Waits until nothing was recorded for so long, but at most so long."""
        deadline, size, since = time.monotonic() + at_most, -1, 0
        while time.monotonic() < deadline:
            now_size = self.file.stat().st_size
            if now_size != size:
                size, since = now_size, time.monotonic()
            elif time.monotonic() - since >= quiet_seconds:
                return
            time.sleep(0.1)

    def stop(self):
        self.process.stop(signal.SIGINT)


def write_pcapng(recorders, comment, target):
    """Merges what the recorders saw, by time, into one pcapng that carries the comment."""
    for recorder in recorders:
        recorder.stop()
    source = recorders[0].file
    if len(recorders) > 1:
        source = source.with_suffix(".merged.pcapng")
        run("mergecap", "-I", "none", "-w", source, *[recorder.file for recorder in recorders])
    run("editcap", "-F", "pcapng", "--discard-capture-comment", "--capture-comment", comment, source, target)
    target.chmod(0o644)
