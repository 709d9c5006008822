/* SPDX-License-Identifier: Apache-2.0
 *
 * What wiring can ask for on behalf of a VIF.
 */
#ifndef WIRING_VIF_STEPS_H
#define WIRING_VIF_STEPS_H

/* Steps are flags: those of one plan may be carried out in any order, and those that touch the switch database go into one
 * transaction. What cannot be done now may be left: it is asked for again. */
enum wiring_vif_step {
    WIRING_RESERVE_OFPORT = 1 << 0, /* choose a number; the turn is taken again with it at once */
    WIRING_KEEP_OFPORT = 1 << 1,    /* the same with the number that the port has */
    WIRING_FORGET_OFPORT = 1 << 2,  /* the number is not ours any more */
    WIRING_PUT_RULES = 1 << 3,
    WIRING_DELETE_RULES = 1 << 4,
    WIRING_ADD_PORT = 1 << 5,
    WIRING_ADOPT_PORT = 1 << 6,     /* our keys and marks on somebody else's row, and a request for the number that it has */
    WIRING_UPDATE_PORT = 1 << 7,    /* identity keys, VLANs */
    WIRING_DELETE_PORT = 1 << 8,
    WIRING_RELEASE_PORT = 1 << 9,   /* the row goes on without our keys and marks */
    WIRING_SET_LINK = 1 << 10,      /* MTU, MAC, no ARP, no addresses */
    WIRING_LINK_UP = 1 << 11,
    WIRING_LINK_DOWN = 1 << 12,
};

enum {
    WIRING_LINK_STEPS = WIRING_SET_LINK | WIRING_LINK_UP | WIRING_LINK_DOWN,
    WIRING_ROW_STEPS = WIRING_ADD_PORT | WIRING_ADOPT_PORT | WIRING_UPDATE_PORT | WIRING_DELETE_PORT | WIRING_RELEASE_PORT,
};

#endif
