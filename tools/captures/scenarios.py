# SPDX-License-Identifier: GPL-2.0-or-later
"""All scenarios, in the order of the README's table. A new file of scenarios is named here once."""
import scenarios_boot  # noqa: F401  (importing registers)
import scenarios_place  # noqa: F401
import scenarios_clock  # noqa: F401
import scenarios_which  # noqa: F401
import scenarios_handoff  # noqa: F401
import scenarios_phase1  # noqa: F401
import scenarios_dhcp  # noqa: F401
import scenarios_bootstrap  # noqa: F401
import scenarios_stream  # noqa: F401
import scenarios_late  # noqa: F401
import scenarios_loss  # noqa: F401
import scenarios_noise  # noqa: F401
from catalogue import SCENARIOS

ALL = list(SCENARIOS.values())
