# truth.py
# The ground truth beside each synthetic capture: what the maker recorded for every frame it made
#
# SPDX-License-Identifier: GPL-2.0-or-later

import json
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SYNTHETIC = ROOT / "test-captures" / "synthetic"
RECORDED = ROOT / "test-captures" / "recorded"
# Recordings of boots that fail, by what tools/lab took from them: test_recorded.py says how.
WITH_FAULTS = ("failover", "flag-filter", "ipxe-efi-file", "ipxe-file-missing", "ipxe-no-bootfile", "ipxe-no-tftp",
               "ipxe-silent-tftp", "ovmf-bios-file", "ovmf-file-missing", "ovmf-next-option", "ovmf-no-tftp",
               "proxydhcp-silent")


def names():
    return sorted(path.name.removesuffix(".truth.json") for path in SYNTHETIC.glob("*.truth.json"))


class Truth:
    def __init__(self, name):
        self.capture = SYNTHETIC / f"{name}.pcapng"
        self.facts = json.loads((SYNTHETIC / f"{name}.truth.json").read_text())
        self.boots = self.facts["boots"]
        self.frames = {row["frame"]: row for row in self.facts["frames"]}
        # Frames of which the rules leave open whether they belong to a boot.
        self.unjudged = {row["frame"]: row for row in self.facts.get("unjudged", [])}

    def expected(self, frame, two_passes):
        """The fields of one frame that the plugin must show, and the names of its expert infos (None: not checked).
        A field that must be absent has the value ""."""
        row = self.frames[frame]
        fields = {f"pvsboot.{key}": "" if row[key] is None else row[key] for key in ("boot", "phase", "step")}
        fields.update(row["fields"])
        if two_passes:
            fields.update(row.get("fields_two_pass", {}))
        return ({name: normal(value) for name, value in fields.items()}, self.experts(row, two_passes))

    @staticmethod
    def experts(row, two_passes):
        further = row.get("experts_two_pass" if two_passes else "experts_one_pass", [])
        return None if row["experts"] is None or further is None else row["experts"] + further

    def field_names(self):
        named = {"pvsboot.boot", "pvsboot.phase", "pvsboot.step"}
        for row in self.frames.values():
            named.update(row["fields"], row.get("fields_two_pass", {}))
        return sorted(named)


def normal(value):
    """A value as the tests compare it: booleans as 1 and 0, numbers without base."""
    if isinstance(value, bool):
        return str(int(value))
    text = str(value)
    if text in ("True", "False"): # 4.4 and later
        return str(int(text == "True"))
    return str(int(text, 16)) if text.startswith("0x") else text
