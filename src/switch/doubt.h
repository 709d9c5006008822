/* SPDX-License-Identifier: Apache-2.0
 *
 * The doubt whether our flows and meters are still as we left them. It is raised by what the switch tells of other hands, and settled by a
 * look at what is there. Time is an argument, in ms. Inside of the room.
 */
#ifndef SWITCH_DOUBT_H
#define SWITCH_DOUBT_H

#include <stdbool.h>

/* All 0: none. */
struct doubt {
    bool raised;                /* and not looked into yet */
    bool looking;
    long long int look_at;      /* not before this */
    unsigned int n_settled;
};

/* Whatever was doubtful, it is nobody's hand. 'n_settled' stays. */
void doubt_drop(struct doubt *);

void doubt_raise(struct doubt *);

/* True if it was raised and its time has come. */
bool doubt_is_due(const struct doubt *, long long int now);

/* The look begins. What is raised from now on asks for another one, after a pause. */
void doubt_begin_look(struct doubt *, long long int now);

/* The switch has answered: if a look was under way, it has ended, and is counted in 'n_settled'. */
void doubt_settle(struct doubt *);

#endif
