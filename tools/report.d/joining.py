# SPDX-License-Identifier: GPL-2.0-or-later
"""Which files are parts of one capture. A ring buffer cuts a boot in two: its halves are to be read together. Captures of
two places, which overlap in time, are not."""
import dataclasses
import os
import re

# dumpcap -b and editcap -i, -c: NAME_NUMBER_DATE.EXTENSION
RING_NAME = re.compile(r"(?P<stem>.*)_(?P<number>\d{5,})_(?P<date>\d{14})(?P<end>(?:\.\w+)*)")
# Neighbours of a ring buffer may overlap so much: with several interfaces, frames are written not quite in order.
DISORDER = 1.0 # seconds
GAP = 60 # seconds; the preference pvsboot.boot_gap
MODES = ("auto", "never", "all")


@dataclasses.dataclass
class Group:
    """Files that are read as one capture, in the order in which they are read."""
    files: list
    apart: str = None # why it was not joined to what came before it
    in_order: bool = True # one file begins where the one before ends

    @property
    def name(self):
        more = len(self.files) - 1
        return self.files[0].name + (f" and {more} more file{'' if more == 1 else 's'}" if more else "")

    @property
    def size(self):
        return sum(file.size for file in self.files)


def grouped(files, mode, gap=GAP):
    """All readable files in groups, in the order in which each group's first file was named."""
    if mode == "never":
        return [Group([file]) for file in files]
    whole = [file for file in files if file.start is not None and file.end is not None]
    timeless = [Group([file]) for file in files if file not in whole]
    if mode == "all":
        whole.sort(key=lambda file: (file.start, file.end))
        in_order = all(before.end <= file.start for before, file in zip(whole, whole[1:]))
        return ([Group(whole, in_order=in_order)] if whole else []) + timeless
    chains = []
    for file in sorted(whole, key=lambda file: (file.start, file.end, file.path)):
        follow(chains, file, gap)
    places = {id(file): index for index, file in enumerate(files)}
    return sorted(chains + timeless, key=lambda group: min(places[id(file)] for file in group.files))


def follow(chains, file, gap):
    """Puts a file behind the one that it continues, or begins a chain of its own."""
    candidates = [(chain, distance(chain.files[-1], file)) for chain in chains]
    fitting = [chain for chain, _ in candidates if obstacle(chain.files[-1], file, gap) is None]
    if len(fitting) > 1:
        # The names of a ring buffer, or the folder, tell which.
        fitting = [chain for chain in fitting if follows_by_name(chain.files[-1], file)] or \
            [chain for chain in fitting if os.path.dirname(chain.files[-1].path) == os.path.dirname(file.path)]
    if len(fitting) == 1:
        fitting[0].files.append(file)
        return
    apart = None
    if len(fitting) > 1:
        apart = f"it could continue {fitting[0].files[-1].name} as well as {fitting[1].files[-1].name}"
    elif candidates:
        nearest = min(candidates, key=lambda one: abs(one[1]))[0].files[-1]
        apart = obstacle(nearest, file, gap)
    chains.append(Group([file], apart))


def distance(before, file):
    return file.start - before.end


def obstacle(before, file, gap):
    """Why a file does not continue another one, or None."""
    if before.link != file.link:
        return f"its link type is another than that of {before.name}"
    if before.interfaces != file.interfaces:
        return f"its interfaces are others than those of {before.name}"
    if follows_by_name(before, file):
        if before.problem:
            return f"{before.name}, which comes before it, is cut short"
        return None if distance(before, file) >= -DISORDER else f"it overlaps {before.name} in time"
    if distance(before, file) < 0:
        return f"it overlaps {before.name} in time: two places, or the same frames twice"
    if before.problem:
        return f"{before.name}, which comes before it, is cut short"
    rings = [RING_NAME.fullmatch(os.path.basename(one.path)) for one in (before, file)]
    if all(rings) and ring_of(before, rings[0]) != ring_of(file, rings[1]):
        return f"by its name it belongs to another ring buffer than {before.name}"
    if distance(before, file) > gap:
        return f"it begins {distance(before, file):.0f} s after the end of {before.name}"
    return None


def ring_of(file, match):
    return os.path.dirname(file.path), match["stem"], match["end"]


def follows_by_name(before, file):
    """Whether both are neighbours in one ring buffer, by the names that dumpcap gives."""
    first, second = (RING_NAME.fullmatch(os.path.basename(one.path)) for one in (before, file))
    return bool(first and second and ring_of(before, first) == ring_of(file, second)
                and int(second["number"]) == int(first["number"]) + 1)
