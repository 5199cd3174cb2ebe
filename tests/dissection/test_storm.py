# test_storm.py
# Clients of one kind that boot together: the same file, from one port, at the same time
#
# SPDX-License-Identifier: GPL-2.0-or-later

import subprocess

import pytest

from truth import ROOT

TARGETS = 20


@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
def test_each_client_has_its_own_download(bench, passes):
    path = bench.scratch / "storm.pcap"
    if not path.exists():
        subprocess.run([ROOT / "tools" / "make-captures", "--targets", str(TARGETS), "--reads", "2", "-o", path], check=True,
                       stdout=subprocess.DEVNULL, timeout=120)
        path.chmod(0o644)
    rows = bench.fields(path, ["pvsboot.boot", "pvsboot.step"], *passes)
    completed = [row["pvsboot.boot"] for row in rows if row.get("pvsboot.step") == "201"]
    assert sorted(map(int, completed)) == list(range(1, TARGETS + 1))
    assert all("pvsboot.step" in row for row in rows)
