# test_damage.py
# Every capture, damaged by editcap -E with 25 fixed seeds, in one pass and in two: no crash, no bug, no complaint
#
# 16,000 runs of tshark would take hours. So one sharkd loads the 25 damaged copies of a capture one after the other
# (each in a context of its own), and shows each again with all statistics and fields: that is the second pass. sharkd's
# first pass shows nothing, so tshark reads the 25 copies in one pass too, all of them appended to each other.
# PVSBOOT_SEEDS=200 takes as many seeds.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import tempfile

import pytest

from truth import RECORDED, SYNTHETIC

SEEDS = int(os.environ.get("PVSBOOT_SEEDS", 25)) # tools/sanitize takes fewer
LONGEST = 600 # s, for one capture on a loaded machine

# Bytes change with this probability, in turn: many frames stay readable, or few do.
DAMAGE = """
for seed in $(seq 0 $(($1 - 1))); do
    case $seed in *[02468]) rate=0.02 ;; *) rate=0.002 ;; esac
    editcap -E $rate --seed $seed "$2" "$3/$seed.pcapng" || exit 1
done
mergecap -a -w "$3/all.pcapng" $(seq -f "$3/%g.pcapng" 0 $(($1 - 1)))
"""

SECOND_PASS = [
    {"method": "tap", "params": {"tap0": "nstat:pvsboot,boots", "tap1": "stat:pvsboot", "tap2": "srt:pvs"}},
    {"method": "frames", "params": {"column0": "pvsboot.step:0", "column1": "pvs.kind:0",
                                    "column2": "_ws.expert.message:0"}},
]

COMPLAINTS = re.compile(r"Dissector bug|CRITICAL|WARNING \*\*|[Aa]ssertion|runtime error|AddressSanitizer")


class Damaged:
    """Damaged copies of a capture, and what went wrong with them."""

    def __init__(self, bench, capture, directory):
        self.bench, self.capture, self.directory = bench, capture, directory
        self.failures = []
        if os.geteuid() == 0:
            os.chown(directory, 65534, 65534)
        # Without Wireshark's tables of manufacturers, which it reads anew for each file, it is eight times as fast.
        self.environment = {"WIRESHARK_DATA_DIR": directory}

    def run(self, *command, stdin=""):
        return subprocess.run([*self.bench.as_user, *command], input=stdin, capture_output=True,
                              text=True, errors="replace", timeout=LONGEST, cwd=self.directory,
                              env=self.bench.environment(**self.environment))

    def failed(self, seed, passes, done):
        rate = 0.002 if seed % 2 else 0.02
        complaint = "\n".join(done.stderr.splitlines()[-5:])
        self.failures.append(f"{self.capture.name}, seed {seed}, {passes}: exit status {done.returncode}\n"
                             f"  editcap -E {rate} --seed {seed} {self.capture} damaged.pcapng\n"
                             f"  tshark -n -V{'' if passes == 'one pass' else ' -2'} -r damaged.pcapng\n{complaint}")

    def in_sharkd(self):
        calls = [call for seed in range(SEEDS)
                 for call in ({"method": "load", "params": {"file": f"{self.directory}/{seed}.pcapng"}}, *SECOND_PASS)]
        lines = [json.dumps({"jsonrpc": "2.0", "id": number, **call}) for number, call in enumerate(calls, 1)]
        done = self.run(*self.bench.under, "sharkd", "-", stdin="\n".join(lines) + "\n")
        answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        for number, answer in enumerate(answers):
            assert "result" in answer, (calls[number], answer)
        if len(answers) < len(calls) or done.returncode != 0:
            seed, call = divmod(min(len(answers), len(calls) - 1), 1 + len(SECOND_PASS))
            self.failed(seed, "two passes, in the second" if call else "two passes, in the first", done)
        elif COMPLAINTS.search(done.stderr):
            before = done.stderr[:COMPLAINTS.search(done.stderr).start()]
            self.failed(max(before.count("load: filename=") - 1, 0), "two passes", done)

    def in_tshark(self):
        options = ["-n", "-T", "fields", "-e", "pvsboot.step", "-e", "pvs.kind", "-e", "_ws.expert.message"]
        done = self.run(*self.bench.under, "tshark", *options, "-r", "all.pcapng")
        if done.returncode == 0 and not COMPLAINTS.search(done.stderr + done.stdout):
            return
        for seed in range(SEEDS):
            one = self.run(*self.bench.under, "tshark", *options, "-r", f"{seed}.pcapng")
            if one.returncode != 0 or COMPLAINTS.search(one.stderr + one.stdout):
                self.failed(seed, "one pass", one)
                return
        self.failures.append(f"{self.capture.name}, all seeds appended to each other (mergecap -a), one pass:\n"
                             f"{done.stderr}")


def failures_of(bench, capture):
    directory = tempfile.mkdtemp(dir=bench.scratch)
    try:
        damaged = Damaged(bench, capture, directory)
        made = damaged.run("sh", "-euc", DAMAGE, "sh", str(SEEDS), str(bench.readable(capture)), directory)
        assert made.returncode == 0, f"{capture}: {made.stderr}"
        damaged.in_sharkd()
        damaged.in_tshark()
        return damaged.failures
    finally:
        shutil.rmtree(directory)


def test_damage_does_no_harm(bench):
    if bench.version != (4, 0):
        pytest.skip("takes minutes: on Wireshark 4.0 only")
    captures = sorted([*RECORDED.glob("*.pcap*"), *SYNTHETIC.glob("*.pcap*")], key=lambda path: -path.stat().st_size)
    assert len(captures) > 150
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as workers:
        failures = [failure for found in workers.map(lambda capture: failures_of(bench, capture), captures)
                    for failure in found]
    assert not failures, "\n".join(failures)
