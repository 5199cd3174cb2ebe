/* system.c
 * The chapter of the machine's own operating system: its DHCP, before and after the hand-off
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "system.h"

#include "telling.h"

static bool
is_of_the_client(dhcp_message message)
{
    return message == DHCP_MESSAGE_DISCOVER || message == DHCP_MESSAGE_REQUEST || message == DHCP_MESSAGE_INFORM;
}

chapter_answer
system_add(system_chapter *system, boot_life *life, const boot_event *event, const net_address *server)
{
    chapter_answer answer = { .server = *server };

    if (is_of_the_client(event->dhcp.message))
        answer.evidence = HANDOFF_BY_DHCP;
    if (net_address_known(&event->dhcp.client_address))
        answer.handoff = HANDOFF_NEVER; /* a renewal: it runs for long */
    if (boot_life_phase_is_unknown(life)) {
        /* A client's message proves BNIStack; a server's alone is somebody's who streams. */
        answer.ours = true;
        answer.step = answer.evidence ? STEP_BNISTACK_ADDRESS : STEP_UNPLACED_ADDRESS;
        return answer;
    }
    if (boot_life_phase(life) != PHASE_BNISTACK) {
        system->started |= !boot_life_reached(life, REACHED_LOGON_ANSWER);
        return answer;
    }
    answer.ours = true;
    answer.step = STEP_BNISTACK_ADDRESS;
    if (event->dhcp.message == DHCP_MESSAGE_ACK) {
        if (net_address_known(&life->firmware.address) && net_address_known(&event->dhcp.your_address)
                && !net_address_equal(&life->firmware.address, &event->dhcp.your_address))
            boot_life_say(life, event, FINDING_DHCP_ADDRESS_CHANGED)->address = life->firmware.address;
        boot_life_set_address(life, event->frame, &event->dhcp.your_address);
    }
    return answer;
}

void
system_tell(const boot_finding *finding, GString *text)
{
    if (finding->id == FINDING_DHCP_ADDRESS_CHANGED)
        telling_address(text, ": the firmware had ", &finding->address);
}
