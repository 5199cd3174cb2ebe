# one_run.py
# What tshark tells of a capture in one run: fields of each frame, tables, tree, response times and JSON
#
# SPDX-License-Identifier: GPL-2.0-or-later

import json
import re


def table_rows(text):
    """The rows of -z pvsboot,boots, each a dictionary by column."""
    header = next(line for line in text.splitlines() if line.startswith("  Boot |"))
    columns = [cell.strip() for cell in header.split("|")][:-1]
    return [dict(zip(columns, (cell.strip() for cell in line.split("|")))) for line in text.splitlines()
            if line[:6].strip().isdigit() and line[6:8] == " |"]


def tree_counts(text):
    """The nodes of -z pvsboot,tree: parent -> node -> count."""
    counts, parent = {}, None
    for line in text.splitlines():
        node = re.match(r"( ?)(\S.*?) {2,}(\d+) ", line)
        if node and node[1] == "" and re.search(r"\d%", line):
            parent = counts[node[2]] = {"": int(node[3])}
        elif node and parent is not None and re.search(r"\d%", line):
            parent[node[2]] = int(node[3])
    return counts


def read_times(text):
    """The rows of -z pvs,srt: (boot, phase) -> calls."""
    return {divmod(int(row[0]), 10): int(row[1])
            for row in re.findall(r"^ *(\d+)  \d+, \S+, phase \d +(\d+) +\d+\.", text, re.MULTILINE)}


# A filter that chooses frames without an eye for boots: a read counts only if its last frame passes.
FILTER = "frame.number % 3 == 0"


# The texts of expert infos, in Told.frames a list.
TEXTS = "_ws.expert.message"


class Told:
    """Fields and all statistics of a capture, and the statistics with FILTER, from one run of tshark."""

    def __init__(self, bench, capture, fields, *passes):
        self.files = [bench.scratch / f"{capture.stem}{''.join(passes)}{index}.json" for index in range(2)]
        wanted = []
        # What is named last is drawn first: the filtered ones come second.
        for file, chosen in ((self.files[1], f",{FILTER}"), (self.files[0], "")):
            wanted += [f"pvsboot,boots{chosen}", f"pvsboot,tree{chosen}", f"pvsboot,json,{file}{chosen}", f"pvs,srt{chosen}"]
        asked = ["frame.number", *fields]
        text = bench.tshark(capture, *passes, "-T", "fields", "-E", "separator=/t", "-E", "aggregator=|",
                            *(word for one in asked for word in ("-e", one)),
                            *(word for one in wanted for word in ("-z", one)))
        lines, _, self.text = text.partition("\n" + "=" * 40) # an empty line stands before it
        self.frames = {}
        for line in lines.splitlines():
            number, *values = line.split("\t")
            row = {field: value.split("|") for field, value in zip(fields, values) if value}
            self.frames[int(number)] = {field: value if field == TEXTS else ",".join(value) for field, value in row.items()}
        parts = [part for part in re.split(r"(?m)^=+\n(?=PVS SRT Statistics)", self.text) if part.strip(" =\n")]
        assert len(parts) == 2, self.text
        self.document = json.loads(self.files[0].read_text())
        self.boots = self.document["boots"]
        self.rows = table_rows(parts[0])
        self.tree = tree_counts(parts[0])
        self.read_times = read_times(parts[0])
