# SPDX-License-Identifier: GPL-2.0-or-later
"""The words for what the document tells in numbers and names. What a fault is, and the worst one, the plugin says."""

PHASES = {1: "DHCP and bootstrap download", 2: "PVS logon", 3: "Single read mode", 4: "BNIStack"}
CERTAINTIES = {1: "Possible", 2: "PXE boot", 3: "PVS boot"}
EVIDENCE = {"arp": "ARP", "dhcp": "DHCP", "port": "new port", "jumbo": "jumbo", "overlap": "overlap", "gap": "pause"}

# Outcome or severity: the class that colours it, and the sign that tells the same without colour.
GOOD, FAULT, OPEN = ("good", "\u2713"), ("fault", "\u2715"), ("open", "\u25cb")
OUTCOMES = {"reached_bnistack": GOOD, "stopped": FAULT, "froze": FAULT, "other_system": FAULT}
SEVERITIES = {"fault": FAULT, "symptom": ("symptom", "\u25b2")}

_SEVERITY_ORDER = {"fault": 0, "symptom": 1}


def prepare(boot):
    """Makes documents of older plugins speak like newer ones: what froze says so, and a silence has its ends."""
    boot["silence"] = silence_of(boot)
    if boot["silence"] and boot["outcome"]["kind"] == "reached_bnistack":
        boot["outcome"] = {**boot["outcome"], "kind": "froze", "finding": "stream.stalled",
                           "text": "reached BNIStack, then froze"}


def silence_of(boot):
    """(start, None) of the silence that a boot in BNIStack ended with, or None. A stall after which reads went on is none."""
    if boot["outcome"]["kind"] not in ("reached_bnistack", "froze", "running"):
        return None
    for stall in reversed(boot["stream"].get("stalls") or []):
        return (stall["start"], None) if stall["end"] is None else None
    stalled = [found["time"] for found in boot["findings"] if found["name"] == "stream.stalled" and found["time"] is not None]
    if not stalled or boot["outcome"]["kind"] == "running":
        return None
    step = boot["stream"].get("series_step", 1)
    last = max((point["start"] + step for point in boot["stream"]["series"]), default=None)
    if last is None or last > max(stalled) + step:
        return None
    # A point says in which second the last read ended, no more.
    return min(max(last, start_of_phase(boot, 4) or last), max(stalled)), None


def outcome_mark(boot):
    """Of the other kinds, those that name a fault are one: a hand-off without a stream, a running machine that froze."""
    return OUTCOMES.get(boot["outcome"]["kind"], FAULT if boot["outcome"]["finding"] else OPEN)


def outcome_text(boot):
    """In words, with the finding's title."""
    outcome = boot["outcome"]
    title = outcome.get("title") or next((one["title"] for one in counts_of(boot) if one["name"] == outcome["finding"]), None)
    old = f" because of {outcome['finding']}"
    if title and outcome["text"].endswith(old):
        return f"{outcome['text'].removesuffix(old)}: {title}"
    return outcome["text"]


def counts_of(boot):
    """Each finding of a boot once, with its title and on how many frames it stands."""
    return boot.get("finding_counts") or []


def worst_finding(boot):
    """None also where the document names one that stands on no frame: then there is nothing to link to."""
    return next((found for found in counts_of(boot) if found["name"] == boot["worst"]), None)


def outcome_order(boot):
    """Those that stopped first, those that reached BNIStack last."""
    return {"fault": 0, "open": 1, "good": 2}[outcome_mark(boot)[0]]


def worst_order(boot):
    found = worst_finding(boot)
    return _SEVERITY_ORDER[found["severity"]] if found else len(_SEVERITY_ORDER)


def who(boot):
    """The target, or where only a router's MAC address was seen, its address."""
    return boot["target"] or next(iter(boot["addresses"]), "unknown target")


def time_in_phase(boot, phase):
    """Seconds; None where the capture does not show the phase. A chained loader is in phase 1 twice."""
    parts = [part["end"] - part["start"] for part in boot["phases"] if part["phase"] == phase]
    return sum(parts) if parts else None


def start_of_phase(boot, phase):
    return next((part["start"] for part in boot["phases"] if part["phase"] == phase), None)


def last_phase(boot):
    """0 where no phase is known."""
    return max((part["phase"] or 0 for part in boot["phases"]), default=0)


def boot_time(boot):
    """From its first frame to BNIStack; None where the capture does not show both."""
    reached = start_of_phase(boot, 4)
    return reached - boot["start"] if reached is not None and boot["phases"][0]["phase"] == 1 else None


def times_of(boot, wanted):
    """When such findings of a boot stand in it. One that is told by the target's next boot stands there, too."""
    return sorted(found["time"] for found in boot["findings"]
                  if wanted(found) and found["time"] is not None and found["time"] <= boot["end"])


def is_fault(found):
    return found["severity"] == "fault"


def is_retry(found):
    return found["name"] == "read.retry"


def has_fault(boot):
    return any(is_fault(found) for found in counts_of(boot))


def mean_read_time(boot):
    series = boot["stream"]["series"]
    reads = sum(point["reads"] for point in series)
    return sum(point["mean"] * point["reads"] for point in series) / reads if reads else None


def throughput(boot):
    """Bytes in a second: while a read was open, where the document tells, or else while it streamed."""
    stream = boot["stream"]
    if stream.get("open_time"):
        return stream["open_bytes"] / stream["open_time"]
    return stream["bytes"] / stream["time"] if stream["time"] else None


def streamed(boot):
    return last_phase(boot) >= 3 or boot["stream"]["reads"] > 0


def read_parts(boot, phases=(3, 4, None)):
    """
    Where the time of a boot's reads went, in seconds altogether, or None where the document does not tell: server (request to
    first data), transfer (first to last data), target (data to next request), and the number of reads.
    """
    parts = [part for part in boot["stream"].get("parts") or [] if part["phase"] in phases and part["reads"]]
    if not parts:
        return None
    return {key: sum(part[key] or 0 for part in parts) for key in ("reads", "server", "transfer", "target", "pauses")}


class Missing:
    """Counts what a capture does not contain; tells it in one sentence each."""

    def __init__(self, capture):
        self.capture = capture
        self.late, self.unread, self.weak, self.boots = {}, 0, {1: 0, 2: 0}, 0

    def add(self, boot):
        self.boots += 1
        begins = boot["phases"][0]["phase"] if boot["phases"] else None
        if begins != 1:
            self.late[begins] = self.late.get(begins, 0) + 1
        self.unread += streamed(boot) and not boot["stream"]["series"]
        if boot["certainty"] in self.weak:
            self.weak[boot["certainty"]] += 1

    def sentences(self):
        capture = self.capture
        if capture.problem:
            yield f"The end of the file, which could not be read: {capture.problem}"
        if not self.boots:
            yield "No boot: no target's DHCP, bootstrap download, logon or stream."
        if capture.forgotten:
            yield f"{counted(capture.forgotten, 'more boot')}, forgotten by the plugin (preference pvsboot.max_boots)."
        if capture.kept_bytes:
            yield f"What lies behind the first {capture.kept_bytes} bytes of a frame: longer frames were cut in capturing."
        for phase, count in sorted(self.late.items(), key=lambda one: one[0] or 0):
            yield (f"Frames of {counted(count, 'boot')} before phase {phase}, if there were any." if phase else
                   f"The beginning of {counted(count, 'boot')}: the target was running before, and its phase is not known.")
        if self.unread:
            yield f"A whole read of {counted(self.unread, 'boot')} that streamed: there is no read time to show."
        if self.weak[2]:
            yield f"Any mark of PVS for {counted(self.weak[2], 'boot')}: a PXE boot, of what is not certain."
        if self.weak[1]:
            yield f"Any mark of PVS or PXE for {counted(self.weak[1], 'boot')}: a DHCP client of no known kind."


def counted(count, noun):
    return f"{count} {noun}{'' if count == 1 else 's'}"
