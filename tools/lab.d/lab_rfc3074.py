# SPDX-License-Identifier: GPL-2.0-or-later
"""The bucket of a DHCP client as the facts of a recording name it."""
import rfc3074


def bucket(mac, client_id=None):
    """Of its option 61 (hex, type byte included) where it sends one, else of its MAC."""
    return rfc3074.bucket(bytes.fromhex(client_id or mac.replace(":", "")))
