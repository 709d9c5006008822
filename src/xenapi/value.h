/* SPDX-License-Identifier: Apache-2.0
 *
 * A value of the XenAPI: what a parameter, a result or a field of a record can be, whichever wire it came over. XML-RPC and JSON-RPC
 * are two spellings of these (xenapi/xmlrpc.h, xenapi/jsonrpc.h).
 *
 * Values are passed by value and moved: whoever takes one in a function that says so owns what it points to, and the giver's copy is
 * dead. A value that is all zeros is void and owns nothing.
 */
#ifndef XENAPI_VALUE_H
#define XENAPI_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum xenapi_type {
    XENAPI_VOID,                /* no result; both wires say "" */
    XENAPI_NIL,                 /* a client's `null` or `nil`: nothing was said. Never in what the server answers */
    XENAPI_STRING,              /* text, also refs, uuids and enums */
    XENAPI_BYTES,               /* came as base64; anything may be in it, null bytes too */
    XENAPI_INT,                 /* the API's int, 64 bits */
    XENAPI_COUNT,               /* as an int, but `<i4>` in XML: what event.from counts. Never decoded */
    XENAPI_DOUBLE,
    XENAPI_BOOL,
    XENAPI_DATETIME,
    XENAPI_SET,                 /* in the order of the wire; doubles are not looked for */
    XENAPI_MAP,                 /* also records */
};

struct xenapi_set {
    struct xenapi_value *elements;
    size_t n, allocated;
};

/* A key stands once: decoders refuse a map that has one twice, because two readers would see two different maps. */
struct xenapi_map {
    struct xenapi_member *members;      /* by key, in the order of strcmp() */
    size_t n, allocated;
};

struct xenapi_value {
    enum xenapi_type type;
    union {
        char *string;           /* UTF-8 */
        struct {
            uint8_t *data;      /* n + 1 bytes, the last one 0 */
            size_t n;
        } bytes;
        int64_t integer;        /* XENAPI_INT, XENAPI_COUNT */
        double real;            /* finite */
        bool boolean;
        int64_t seconds;        /* XENAPI_DATETIME: since 1970, UTC, within what xenapi/datetime.h can write */
        struct xenapi_set set;
        struct xenapi_map map;
    };
};

struct xenapi_member {
    char *key;                  /* UTF-8 */
    struct xenapi_value value;
};

struct xenapi_value xenapi_void(void);
struct xenapi_value xenapi_nil(void);
struct xenapi_value xenapi_string(const char *text);            /* copies 'text' */
struct xenapi_value xenapi_string_nocopy(char *text);           /* takes 'text' over */
struct xenapi_value xenapi_bytes(const void *data, size_t n);   /* copies 'data' */
struct xenapi_value xenapi_int(int64_t);
struct xenapi_value xenapi_count(int32_t);
struct xenapi_value xenapi_double(double);
struct xenapi_value xenapi_bool(bool);
struct xenapi_value xenapi_datetime(int64_t seconds);
struct xenapi_value xenapi_set_create(void);                    /* empty */
struct xenapi_value xenapi_map_create(void);                    /* empty */

/* Appends 'element', which is taken over, to 'set'. Maps are made with xenapi/map.h. */
void xenapi_set_add(struct xenapi_value *set, struct xenapi_value element);

/* 'value' is void afterwards. */
void xenapi_value_destroy(struct xenapi_value *value);

struct xenapi_value xenapi_value_clone(const struct xenapi_value *);

/* True if type and content are the same: an int is no count, and void is no empty string. */
bool xenapi_value_equals(const struct xenapi_value *, const struct xenapi_value *);

/* Sets and maps within each other in 'value'; 0 for a scalar. */
size_t xenapi_value_depth(const struct xenapi_value *);

#endif
