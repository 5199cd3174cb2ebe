# SPDX-License-Identifier: GPL-2.0-or-later
"""What all captures told, group by group: boots are unpacked when they are needed, and never all at once."""
import json

import boot_words as words
from read_group import unpacked


class Capture:
    """One group of files, as the page speaks of it. Facts are None where they are not known."""

    def __init__(self, number, group, answer):
        self.number, self.group, self.answer, self.side = number, group, answer, getattr(group, "side", 0)
        self.name, self.files = group.name, group.files
        self.frames = total(file.frames for file in self.files)
        self.start = lowest(file.start for file in self.files)
        end = highest(file.end for file in self.files)
        self.seconds = None if self.start is None or end is None else round(end - self.start, 6)
        self.kept_bytes = highest(file.kept_bytes for file in self.files)
        self.problem = group.problem
        self.count = answer["count"] if answer else 0
        self.forgotten = answer["forgotten"] if answer else 0
        self.generator = answer and answer["generator"]
        # Where the document does not tell the capture's end, the file's own times do, nearly always.
        self.end = answer["end"] if answer and answer["end"] is not None else self.seconds

        self.starts = {} # of the boots of each target, known once all have been gone through

    def boots(self):
        for boot in unpacked(self.answer):
            words.prepare(boot)
            starts = self.starts.setdefault(words.who(boot), [])
            if not starts or boot["start"] > starts[-1]:
                starts.append(boot["start"])
            if boot["silence"]:
                # It ends with the target's next boot, or with the capture.
                later = (start for start in starts if start > boot["start"])
                end = next(later, self.end if self.end is not None else boot["end"])
                boot["silence"] = boot["silence"][0], max(end, boot["silence"][0])
            yield boot


def total(values):
    values = list(values)
    return None if None in values else sum(values)


def lowest(values):
    return min((value for value in values if value is not None), default=None)


def highest(values):
    return max((value for value in values if value is not None), default=None)


class Told:
    def __init__(self, files, groups, answers, interrupted):
        self.captures = [Capture(number, group, answer) for number, (group, answer) in enumerate(zip(groups, answers), 1)
                         if answer and answer["generator"]]
        self.unread = [group for group, answer in zip(groups, answers) if not answer]
        self.skipped = [(file.name, file.problem) for file in files if not file.readable] + \
            [(group.name, group.problem) for group, answer in zip(groups, answers) if answer and not answer["generator"]]
        self.cut = [(capture.name, capture.problem) for capture in self.captures if capture.problem]
        self.interrupted = interrupted
        self.generator = self.captures[0].generator

    def document(self):
        """The JSON of docs/report.schema.json: the boots as the plugin told them."""
        captures = [{"name": capture.name, "files": [file.name for file in capture.files], "frames": capture.frames,
                     "seconds": capture.seconds, "start": capture.start, "kept_bytes": capture.kept_bytes,
                     "incomplete": capture.problem, "boots": list(unpacked(capture.answer)),
                     "boots_forgotten": capture.forgotten} for capture in self.captures]
        skipped = [{"name": name, "problem": problem} for name, problem in self.skipped]
        return json.dumps({"generator": self.generator, "captures": captures, "skipped": skipped,
                           "interrupted": self.interrupted}, indent=2) + "\n"
