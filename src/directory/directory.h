/* SPDX-License-Identifier: Apache-2.0
 *
 * What a toolstack says of the identities of bridges, VIFs and VMs: which network is a bridge's, and the `other_config` of that network,
 * of the pool, of a VIF and of a VM. A directory follows some toolstack and answers from what it knows; sync/ makes the identities in the
 * switch's database of the answers and asks nothing else. Each kind of toolstack is one implementation of this table.
 *
 * Nothing here blocks. An answer has three values, because "there is none" and "not known now" lead to different things: the first gives a
 * port its own uuid for an id, the second keeps whatever id stands. DIRECTORY_UNREACHABLE is never remembered as an answer. It covers an
 * answer that was asked for and is under way as well as a toolstack that is away; whoever got it need not ask again by the clock: he is
 * told as soon as there is another answer. A directory that has once read all and loses its toolstack may go on answering from what it
 * read (reachable() tells the difference); one that follows a change late tells of it then.
 *
 * Source: XenAPI network.bridge, network/pool/VIF/VM.other_config; VIF/VM.get_by_uuid, which answers UUID_INVALID for what is not there.
 */
#ifndef DIRECTORY_DIRECTORY_H
#define DIRECTORY_DIRECTORY_H

#include <stdbool.h>

struct smap;

/* The keys of other_config that are read. A directory has to keep these and may leave out all others. */
#define DIRECTORY_NETWORK_FAIL_MODE "vswitch-controller-fail-mode"      /* of a network; of a pool for networks without */
#define DIRECTORY_NETWORK_IN_BAND "vswitch-disable-in-band"             /* of a network */
#define DIRECTORY_NETWORK_ID "nicira-bridge-id"                         /* of a network */
#define DIRECTORY_VIF_ID "nicira-iface-id"                              /* of a VIF */
#define DIRECTORY_VM_ID "nicira-vm-id"                                  /* of a VM */

struct directory {
    const struct directory_class *class;
};

enum directory_answer {
    DIRECTORY_KNOWN,            /* there is one: the record is filled in */
    DIRECTORY_UNKNOWN,          /* the toolstack says that there is none; the record is untouched, here and below */
    DIRECTORY_UNREACHABLE,      /* not known now: keep what stands. The events tell when it is known */
};

/* Belongs to the directory, and lives until its next run() or flush(). */
struct directory_record {
    const char *uuid;           /* lower case; of a VIF or VM the text that was asked for */
    const struct smap *other_config;
};

/* Called in run(), once for each change that can make an answer another one. What nobody has asked for need not be told, but may be. The
 * receiver may ask the directory from within these, and must not run, flush or destroy it. */
struct directory_events {
    /* The network that network() finds for 'bridge': another one, none any more, changed, or known at last. Both names if it has moved. */
    void (*bridge_changed)(const char *bridge, void *aux);
    void (*vif_changed)(const char *uuid, void *aux);
    void (*vm_changed)(const char *uuid, void *aux);
    /* The number of pools, or the other_config of the only one. */
    void (*pool_changed)(void *aux);
    /* Any answer may be another one: the toolstack was read as a whole, or is another. */
    void (*all_changed)(void *aux);
    void *aux;
};

struct directory_status {
    const char *toolstack;      /* in words, with its address: "XAPI at unix:/var/lib/xcp/xapi"; no sentence */
    bool is_reachable;          /* answers now; after a loss of the connection, not before it has answered again */
    long long int since_msec;   /* since when 'is_reachable' has been so, by the clock on the wall; 0: never was, from the start */
    const char *error;          /* why it is not reachable, in words, or NULL; lives as a record does */
};

struct directory_class {
    const char *name;           /* "pool", "xapi" */

    /* A toolstack with sessions gets a logout first, if that takes no waiting. */
    void (*destroy)(struct directory *);
    void (*run)(struct directory *, const struct directory_events *events);
    void (*wait)(struct directory *);

    /* The network whose bridge has this name. If there are several, which XAPI does not allow but the pool database does: the untagged one
     * if there is one, and of those that are left the one with the smallest uuid, so that the answer does not depend on who was first. */
    enum directory_answer (*network)(struct directory *, const char *bridge, struct directory_record *record);

    /* The pool, if there is exactly one: UNKNOWN if there is none or more. */
    enum directory_answer (*pool)(struct directory *, struct directory_record *record);

    /* By uuid; 'uuid' is foreign text: what is no uuid is UNKNOWN, at once and without a question to anybody. */
    enum directory_answer (*vif)(struct directory *, const char *uuid, struct directory_record *record);
    enum directory_answer (*vm)(struct directory *, const char *uuid, struct directory_record *record);

    /* Forgets what it knows and asks anew: until the toolstack has answered, every answer is UNREACHABLE; then all_changed(). One that is in
     * step with its toolstack by nature has nothing to forget, and says all_changed() in its next run. */
    void (*flush)(struct directory *);

    void (*status)(const struct directory *, struct directory_status *status);
};

/* The same of a directory that may be NULL: that one has nothing to run, and answers UNREACHABLE. */
void directory_destroy(struct directory *);
void directory_run(struct directory *, const struct directory_events *events);
void directory_wait(struct directory *);
enum directory_answer directory_network(struct directory *, const char *bridge, struct directory_record *record);
enum directory_answer directory_pool(struct directory *, struct directory_record *record);
enum directory_answer directory_vif(struct directory *, const char *uuid, struct directory_record *record);
enum directory_answer directory_vm(struct directory *, const char *uuid, struct directory_record *record);
void directory_flush(struct directory *);

#endif
