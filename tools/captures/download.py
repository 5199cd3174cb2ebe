# SPDX-License-Identifier: GPL-2.0-or-later
"""The bootstrap's way to the target, by TFTP or by two-stage boot, with what design.md says of its frames."""
import wire
from timeline import duration

TO_SERVER, TO_TARGET = 1, 2


class Download:
    """One TFTP transfer of a boot, from the target's `port`."""

    def __init__(self, boot, name, content, port, options, server, granted=None, server_port=None):
        self.boot, self.name, self.content, self.port, self.server = boot, name, content, port, server
        self.granted = list(options) if granted is None else list(granted)
        self.blksize = dict(self.granted).get("blksize", 512)
        self.server_port = server_port or 49152 + boot.rng.randrange(16000)
        self.received, self.bytes = set(), 0
        boot.phase, boot.downloads = 1, True
        self.asked = None
        self.options = options
        self.ask()

    def ask(self):
        frame = self._to_server(wire.tftp_request(self.name, self.options), 110, dport=69)
        frame.fields["bootstrap.file"] = self.name
        self.asked = self.asked or frame
        self.wait(0.0009)
        return frame

    def wait(self, value):
        self.boot.wait(value)
        return self

    def _to_server(self, payload, step, dport=None):
        boot = self.boot
        data = boot.udp(True, self.server, self.port, dport or self.server_port, payload)
        frame = boot._add(data, "target", "tftp")
        return frame.means(boot, step, fields={"pvsboot.server": self.server.ip})

    def _to_target(self, payload, step):
        boot = self.boot
        data = boot.udp(False, self.server, self.server_port, self.port, payload)
        frame = boot._add(data, "server", "tftp")
        return frame.means(boot, step, fields={"pvsboot.server": self.server.ip})

    def oack(self):
        frame = self._to_target(wire.tftp_oack(self.granted), 111)
        self.wait(0.0002)
        return frame

    def _block_message(self, block, piece):
        return wire.tftp_data(block, piece)

    def _ack_message(self, block):
        return wire.tftp_ack(block)

    @property
    def last_block(self):
        return len(self.content) // self.blksize + 1

    def data(self, block):
        """The block as sent; the last one is step 201."""
        piece = self.content[(block - 1) * self.blksize:block * self.blksize]
        if block not in self.received:
            self.received.add(block)
            self.bytes += len(piece)
        last = block == self.last_block
        frame = self._to_target(self._block_message(block, piece), 201 if last else 112)
        if last:
            frame.fields.update(self.totals)
            self.boot.phase = 2
        self.wait(0.0002)
        return frame

    @property
    def totals(self):
        return {"bootstrap.bytes": str(self.bytes), "bootstrap.blocks": str(len(self.received))}

    def ack(self, block):
        last = block == self.last_block
        frame = self._to_server(self._ack_message(block), 202 if last else 113)
        if last:
            frame.fields.update(self.totals)
            frame.fields["bootstrap.complete"] = True
            frame.fields["bootstrap.time"] = duration(frame.time - self.asked.time)
            frame.experts.append("bootstrap.downloaded")
            self.end_ack = frame
        self.wait(0.0003)
        return frame

    def blocks(self, first=1, last=None):
        for block in range(first, (last or self.last_block) + 1):
            self.data(block)
            self.ack(block)
        return self

    def error_by_target(self, code, text):
        """Before any data, to a request with tsize, it ends a size probe."""
        probe = "tsize" in dict(self.options) and not self.received
        return self._to_server(wire.tftp_error(code, text), 115 if probe else 114)

    def error_by_server(self, code, text):
        return self._to_target(wire.tftp_error(code, text), 114)


class TwoStage(Download):
    """The bootstrap by two-stage boot. Chunk size and numbering are invented; only the codes are public."""

    def __init__(self, boot, name, content, chunk=1024, port=2071, server=None, server_port=6969):
        self.chunk = chunk
        super().__init__(boot, name, content, port, (), server or boot.server, server_port=server_port)
        self.blksize = chunk

    def ask(self):
        frame = self._to_server(wire.tsb_request(self.name), 110, dport=6969)
        frame.fields.update(self._tsb(TO_SERVER, 0x0817))
        frame.fields.update({"bootstrap.file": self.name, "pvs.tsb.file": self.name})
        self.asked = self.asked or frame
        self.wait(0.0011)
        return frame

    def _tsb(self, direction, opcode, block=None):
        fields = {"pvs.service": "2", "pvs.direction": str(direction), "pvs.tsb.opcode": opcode}
        if block is not None:
            fields["pvs.tsb.block"] = "%04x" % block
        return fields

    def _block_message(self, block, piece):
        return wire.tsb_data(block, piece)

    def _ack_message(self, block):
        return wire.tsb_ack(block)

    def data(self, block):
        frame = super().data(block)
        frame.fields.update(self._tsb(TO_TARGET, 0x0897, block))
        if block == self.last_block:
            frame.fields["pvs.tsb.data"] = self.content[(block - 1) * self.blksize:].hex()
        return frame

    def ack(self, block):
        frame = super().ack(block)
        frame.fields.update(self._tsb(TO_SERVER, 0x08D7, block))
        return frame
