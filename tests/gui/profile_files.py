# profile_files.py
# Reads the files of the profile "PVS Boot" that hold filters
#
# SPDX-License-Identifier: GPL-2.0-or-later

import csv
import pathlib
import re

PROFILE = pathlib.Path(__file__).resolve().parents[2] / "plugin" / "profile" / "PVS Boot"


def lines(name):
    return [line for line in (PROFILE / name).read_text().splitlines() if line and not line.startswith("#")]


def buttons():
    """Label -> filter, of the filter buttons. Quotes stand as \\x22 in the file."""
    rows = csv.reader(lines("dfilter_buttons"))
    return {label: text.replace("\\x22", '"') for _, label, text, _ in rows}


def saved_filters():
    """Name -> filter, of the saved display filters."""
    return dict(re.fullmatch(r'"(.+?)" (.+)', line).groups() for line in lines("dfilters"))


def colour_rules():
    """Name -> (filter, background, foreground), of the colour rules in their order."""
    rules = {}
    for line in lines("colorfilters"):
        name, text, *colours = re.fullmatch(r"@(.+?)@(.+)@\[([\d,]+)\]\[([\d,]+)\]", line).groups()
        rules[name] = text, *(tuple(map(int, colour.split(","))) for colour in colours)
    return rules


def graphs():
    """Name -> the other columns, of the graphs of Statistics > I/O Graphs."""
    columns = "enabled", "name", "filter", "colour", "style", "y_axis", "y_field", "average", "factor"
    return {row["name"]: row for row in csv.DictReader(lines("io_graphs"), columns)}


def column_widths():
    """Column -> pixels."""
    text = (PROFILE / "recent").read_text().split("column.width:")[1]
    return {name: int(width) for name, width in re.findall(r'"([^"]+)", "(\d+)', text)}


def auto_switch_filter():
    return dict(line.split(": ", 1) for line in lines("profile_settings"))["auto_switch_filter"]


def all_filters():
    """(where it stands, filter) for every filter in the profile."""
    return ([(f"button {label}", text) for label, text in buttons().items()]
            + [(f"filter {name}", text) for name, text in saved_filters().items()]
            + [(f"colour {name}", text) for name, (text, *_) in colour_rules().items()]
            + [(f"graph {name}", graph["filter"]) for name, graph in graphs().items() if graph["filter"]]
            + [("auto switch", auto_switch_filter())])
