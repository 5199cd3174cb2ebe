# SPDX-License-Identifier: GPL-2.0-or-later
"""The words for what the document tells in numbers and names. What a fault is, and the worst one, the plugin says."""

PHASES = {1: "DHCP and bootstrap download", 2: "PVS logon", 3: "Single read mode", 4: "BNIStack"}
CERTAINTIES = {1: "Possible", 2: "PXE boot", 3: "PVS boot"}
EVIDENCE = {"arp": "ARP", "dhcp": "DHCP", "port": "new port", "jumbo": "jumbo", "overlap": "overlap", "gap": "pause"}

# Outcome or severity: the class that colours it, and the sign that tells the same without colour.
OUTCOMES = {"reached_bnistack": ("good", "\u2713"), "stopped": ("fault", "\u2715")}
OPEN_OUTCOME = ("open", "\u25cb")
SEVERITIES = {"fault": ("fault", "\u2715"), "symptom": ("symptom", "\u25b2")}

_SEVERITY_ORDER = {"fault": 0, "symptom": 1}


def outcome_mark(boot):
    return OUTCOMES.get(boot["outcome"]["kind"], OPEN_OUTCOME)


def worst_finding(boot):
    """None also where the document names one that stands on no frame: then there is nothing to link to."""
    return next((found for found in boot["findings"] if found["name"] == boot["worst"]), None)


def worst_mark(boot):
    """The sign before the name of the worst finding; none where its severity is not told."""
    found = worst_finding(boot)
    return SEVERITIES[found["severity"]] if found else None


def worst_order(boot):
    found = worst_finding(boot)
    return _SEVERITY_ORDER[found["severity"]] if found else len(_SEVERITY_ORDER)


def outcome_order(boot):
    """Those that stopped first, those that reached BNIStack last."""
    return {"stopped": 0, "reached_bnistack": 2}.get(boot["outcome"]["kind"], 1)


def worst_first(boots):
    return sorted(boots, key=lambda boot: (outcome_order(boot), worst_order(boot), boot["boot"]))


def who(boot):
    """The target, or where only a router's MAC address was seen, its address."""
    return boot["target"] or next(iter(boot["addresses"]), "unknown target")


def time_in_phase(boot, phase):
    """Seconds; None where the capture does not show the phase. A chained loader is in phase 1 twice."""
    parts = [part["end"] - part["start"] for part in boot["phases"] if part["phase"] == phase]
    return sum(parts) if parts else None


def times_of(boot, wanted):
    """When such findings of a boot stand in it. One that is told by the target's next boot stands there, too."""
    return sorted(found["time"] for found in boot["findings"]
                  if wanted(found) and found["time"] is not None and found["time"] <= boot["end"])


def is_fault(found):
    return found["severity"] == "fault"


def is_retry(found):
    return found["name"] == "read.retry"


def mean_read_time(boot):
    series = boot["stream"]["series"]
    reads = sum(point["reads"] for point in series)
    return sum(point["mean"] * point["reads"] for point in series) / reads if reads else None


def missing(boots, facts):
    """What a capture does not contain, one sentence each."""
    late = {}
    for boot in boots:
        begins = boot["phases"][0]["phase"]
        if begins > 1:
            late[begins] = late.get(begins, 0) + 1
    unread = sum(boot["phases"][-1]["phase"] >= 3 and not boot["stream"]["series"] for boot in boots)
    weak = {certainty: sum(boot["certainty"] == certainty for boot in boots) for certainty in (1, 2)}
    if facts["incomplete"]:
        yield f"The end of the file, which could not be read: {facts['incomplete']}"
    if not boots:
        yield "No boot: no target's DHCP, bootstrap download, logon or stream."
    if facts["boots_forgotten"]:
        yield f"{counted(facts['boots_forgotten'], 'more boot')}, forgotten by the plugin (preference pvsboot.max_boots)."
    if facts["kept_bytes"]:
        yield f"What lies behind the first {facts['kept_bytes']} bytes of a frame: longer frames were cut in capturing."
    for phase, count in sorted(late.items()):
        yield f"Frames of {counted(count, 'boot')} before phase {phase}, if there were any."
    if unread:
        yield f"A whole read of {counted(unread, 'boot')} that streamed: there is no read time to show."
    if weak[2]:
        yield f"Any mark of PVS for {counted(weak[2], 'boot')}: a PXE boot, of what is not certain."
    if weak[1]:
        yield f"Any mark of PVS or PXE for {counted(weak[1], 'boot')}: a DHCP client of no known kind."


def counted(count, noun):
    return f"{count} {noun}{'' if count == 1 else 's'}"
