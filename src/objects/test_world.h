/* SPDX-License-Identifier: Apache-2.0
 *
 * A pool database in a real ovsdb-server, with at least one object of each class (test_pool.json), a replica of it and its objects.
 */
#ifndef OBJECTS_TEST_WORLD_H
#define OBJECTS_TEST_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "objects/objects.h"
#include "pool/replica.h"
#include "xenapi/value.h"

/* What test_pool.json has. */
#define UUID(CLASS, N) #CLASS "0000000-0000-4000-8000-00000000000" #N
#define REF(CLASS, N) "OpaqueRef:" UUID(CLASS, N)

#define POOL REF(1, 0)
#define HOST REF(2, 0)
#define LAN REF(3, 0)
#define WAN REF(3, 1)
#define WEB REF(4, 0)           /* a VM that runs */
#define DOM0 REF(4, 1)
#define DB REF(4, 2)            /* a VM that is halted */
#define WEB_VIF REF(5, 0)
#define DB_VIF REF(5, 1)
#define STORE REF(6, 0)
#define DISK REF(7, 0)
#define DISK_VBD REF(8, 0)
#define STORE_PBD REF(9, 0)
#define ETH0 REF(a, 0)
#define CONTROLLER REF(c, 0)

/* The generation of the world before anything is known. */
enum { WORLD_BEGIN = 1000 };

struct world {
    char folder[32];
    struct pool *pool;
    struct objects *objects;
    int n_attempts;             /* of the last world_call() that wrote */
    void (*before_commit)(struct world *);  /* called once, when the next write has been checked: somebody else is first */
};

/* From the command line: the schema and test_pool.json. */
extern const char *world_schema, *world_rows;

/* For cmocka: '*state' is a world. */
int world_setup(void **state);
int world_teardown(void **state);

/* Runs a command line of the shell in the world's folder. */
void world_shell(const struct world *, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What somebody else writes to the database: operations of RFC 7047, without the brackets around them. Returns when the replica has it. */
void world_transact(struct world *, const char *operations);
/* The same, without waiting. */
void world_transact_unseen(struct world *, const char *operations);

/* Turns the loop until 'is_seen' says so. */
void world_turn_until(struct world *, bool (*is_seen)(const struct world *, const void *aux), const void *aux);

/* The reply to an accessor, carried out with 'params', JSON of an array, as text of xenapi/test_show.h. Good until the next call. */
const char *world_call(struct world *, const char *method, const char *params);

/* The same as a value, which is the caller's. The call must succeed. */
struct xenapi_value world_value(struct world *, const char *method, const char *params);

/* What access_create() says of a record in JSON: "" if it was made. */
const char *world_create(struct world *, enum xenapi_class_id, const char *uuid, const char *record);

/* What has changed since that generation, in its order: "+VM:40 ~VIF:50 -VBD:80" by class and the uuid's first and last character. */
const char *world_changes(struct world *, int64_t since);

#endif
