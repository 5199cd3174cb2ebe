# SPDX-License-Identifier: GPL-2.0-or-later
"""The streaming servers, across all boots: a slow one stands out."""
import statistics


class Servers:
    """Takes the boots one after the other. `known`: whether the document names servers at all."""

    def __init__(self):
        self.by_address, self.known = {}, False

    def add(self, boot):
        for told in boot["stream"].get("servers") or []:
            self.known = True
            one = self.by_address.setdefault(told["address"], Server(told["address"]))
            one.add(told)

    def slowest_first(self):
        return sorted(self.by_address.values(), key=lambda one: (-(one.read_time or 0), one.address))


class Server:
    def __init__(self, address):
        self.address, self.boots = address, 0
        self.reads = self.bytes = self.retries = self.changes_to = self.changes_from = 0
        self.times = {"time": [], "server": [], "transfer": []} # means of boots, in seconds

    def add(self, told):
        self.boots += 1
        for key in ("reads", "bytes", "retries", "changes_to", "changes_from"):
            setattr(self, key, getattr(self, key) + (told.get(key) or 0))
        for key, means in self.times.items():
            if told["reads"] and told.get(key) is not None:
                means.append(told[key] / told["reads"])

    def median(self, key):
        return statistics.median(self.times[key]) if self.times[key] else None

    @property
    def read_time(self):
        """The median of the boots' mean read times, in seconds."""
        return self.median("time")
