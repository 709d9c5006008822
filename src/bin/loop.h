/* SPDX-License-Identifier: Apache-2.0
 *
 * The loop of a daemon: a control socket (unixctl, as ovs-appctl(8) speaks to it) and the daemon's own work, in turn, until it is told to exit.
 */
#ifndef BIN_LOOP_H
#define BIN_LOOP_H 1

struct loop;

struct loop_work {
    void (*run)(void *aux);     /* does what there is to do now, and does not wait */
    void (*wait)(void *aux);    /* tells poll_block() what to wait for */
    void *aux;
};

/* Opens the control socket, at 'path' or at the usual place if that is NULL; its command "exit" ends loop_run(). If that cannot be, the program ends,
 * and libopenvswitch has said why. */
struct loop *loop_open(const char *path);
void loop_close(struct loop *);

void loop_run(struct loop *, const struct loop_work *);

#endif
