/* SPDX-License-Identifier: Apache-2.0
 *
 * An OpenFlow 1.4 connection with as little as there can be between the caller's bytes and the switch: many messages are written at once,
 * as one piece, where libopenvswitch's own connections (vconn, rconn) write each alone. Anything that goes wrong ends the program, but for a switch that goes.
 */
#ifndef BENCH_OPENFLOW_H
#define BENCH_OPENFLOW_H 1

#include <stdbool.h>

#include <openvswitch/ofpbuf.h>

struct openflow {
    struct stream *stream;
    struct ofpbuf out;          /* not written yet */
    struct ofpbuf in;           /* received, not handled yet */
    bool gone;                  /* the switch has closed it: it died */
};

/* Connects to "unix:PATH" and says hello; where nobody listens yet, tries again every millisecond. */
void openflow_open(struct openflow *, const char *target);
void openflow_close(struct openflow *);

/* Puts a copy of the message, or of many, behind what is to be written. */
void openflow_send(struct openflow *, const struct ofpbuf *messages);

/* Writes what can be written, reads what is there. Echo requests are answered, an error message ends the program. */
void openflow_run(struct openflow *);
void openflow_wait(struct openflow *);

/* The next message, or NULL. It is good until the next call. */
struct ofpbuf *openflow_next(struct openflow *, struct ofpbuf *message);

#endif
