/* SPDX-License-Identifier: Apache-2.0
 *
 * VIFs, or VMs, that were asked for by their uuids. A pool has many and a host shows few of them, so only those are known that somebody
 * asked for, and of each only what is kept (xapi/event.h): the toolstack is asked for that one object.
 *
 * An event of an object never becomes the answer, because it may be older than what the toolstack has answered meanwhile over another
 * connection: if it says something else than what is known, the toolstack is asked again. So what is known only ever goes forward, and
 * until the toolstack has answered there is no answer.
 *
 * The toolstack tells nobody of the end of an object that is younger than the token of the one who asks for events. So what was found is
 * asked for once more after a call for events that was made later has ended: if it is there then, its end will be told. What an event has
 * told to be there needs no such question.
 *
 * Pure: whoever carries the questions over a network takes them with xapi_inquiries_next() and brings the answers.
 */
#ifndef XAPI_INQUIRY_H
#define XAPI_INQUIRY_H

#include <stdbool.h>
#include <stddef.h>

#include <openvswitch/hmap.h>
#include <openvswitch/list.h>
#include <smap.h>
#include <uuid.h>

#include "base/backoff.h"
#include "directory/directory.h"

struct sset;
struct xapi_event;

enum xapi_inquiry_state {
    XAPI_WANTED,                /* the toolstack must be asked */
    XAPI_DELAYED,               /* the same, but not before 'backoff' lets it */
    XAPI_UNDER_WAY,             /* it was asked */
    XAPI_CERTAIN,               /* it has answered */
};

/* One object. What is below 'state' may be read by who has it from xapi_inquiries_next(). */
struct xapi_inquiry {
    struct hmap_node uuid_node, ref_node;       /* the latter if 'ref' is not NULL */
    struct ovs_list node;                       /* WANTED and DELAYED */
    struct ovs_list untracked_node;             /* if it was found, and its end might not be told */
    struct smap other_config;                   /* of the last answer */
    struct backoff backoff;
    enum xapi_inquiry_state state;
    bool has_answer, exists;                    /* there was one ever, and it said that the object is there */
    bool again;                                 /* UNDER_WAY: something has changed meanwhile */
    bool in_vain;                               /* somebody wants to be told of the answer */
    bool is_tracked;                            /* the end of the object of that reference will be told */
    bool stands;                                /* the answer stands while it is asked for again */
    unsigned int round;                         /* in which it was found */
    char uuid[UUID_LEN + 1];
    char *ref;                                  /* NULL: only the uuid is known */
};

struct xapi_inquiries {
    struct hmap by_uuid, by_ref;
    struct ovs_list wanted, delayed;
    struct ovs_list untracked;                  /* by 'round' */
    unsigned int round;                         /* calls for events that were made */
    long long int delayed_until;                /* none of the delayed is over before */
    struct sset *news;                          /* uuids of which the answer is another one; the caller's */
};

void xapi_inquiries_init(struct xapi_inquiries *, struct sset *news);
void xapi_inquiries_destroy(struct xapi_inquiries *);

/* As directory/directory.h has it. What is not known is wanted from now on; that there are LIMIT_XAPI_ASKED already is answered by
 * UNREACHABLE, if none of them is of something that is not there. */
enum directory_answer xapi_inquiries_find(struct xapi_inquiries *, const char *uuid, struct directory_record *);

/* Takes an event in. */
void xapi_inquiries_take(struct xapi_inquiries *, const struct xapi_event *);

/* A call for events is made; it has ended, and what it told was taken in. */
void xapi_inquiries_begin_round(struct xapi_inquiries *);
void xapi_inquiries_end_round(struct xapi_inquiries *);

/* Events may have been missed, or the questions that are under way are: all must be asked again. */
void xapi_inquiries_doubt(struct xapi_inquiries *);

/* The next question, which is under way from now on until one of the four at the end; NULL if there is none now. */
struct xapi_inquiry *xapi_inquiries_next(struct xapi_inquiries *, long long int now);

/* When there may be one; LLONG_MAX if nothing is to be asked. */
long long int xapi_inquiries_when(const struct xapi_inquiries *);

/* The object has this reference, which is copied; the question is under way still. From now on events of the reference are the object's. */
void xapi_inquiries_located(struct xapi_inquiries *, struct xapi_inquiry *, const char *ref);

/* The object of that reference is there. 'other_config' is as xapi_config_read() made it. */
void xapi_inquiries_found(struct xapi_inquiries *, struct xapi_inquiry *, const struct smap *other_config);

/* The toolstack says that there is no object of that uuid. */
void xapi_inquiries_missing(struct xapi_inquiries *, struct xapi_inquiry *);

/* The toolstack says that there is none of that reference: by the uuid it may find another one. */
void xapi_inquiries_moved(struct xapi_inquiries *, struct xapi_inquiry *, long long int now);

/* The toolstack could not say: it is asked later. */
void xapi_inquiries_failed(struct xapi_inquiries *, struct xapi_inquiry *, long long int now);

#endif
