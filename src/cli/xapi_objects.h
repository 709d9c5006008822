/* SPDX-License-Identifier: Apache-2.0
 *
 * Objects of a XenAPI server: found by what a person calls them, and read as records.
 */
#ifndef CLI_XAPI_OBJECTS_H
#define CLI_XAPI_OBJECTS_H

#include <stdbool.h>
#include <stdint.h>

#include "xenapi/classes.h"
#include "xenapi/value.h"

struct error;
struct xapi;

/* The object of 'class' ("VM", "network") whose uuid or name_label is 'word'. On success '*ref' is the caller's. ERROR_NOT_FOUND with the name that was
 * probably meant; ERROR_INVALID if there are several of that name. */
struct error *xapi_find(struct xapi *, const char *class, const char *word, char **ref);

/* The object's record, a map; the caller's. */
struct error *xapi_record(struct xapi *, const char *class, const char *ref, struct xenapi_value *record);

/* The whole field of a record, or an element of a map; NULL if it is not there, or of another type. */
const struct xenapi_value *xapi_field(const struct xenapi_value *map, const char *field, enum xenapi_type);

/* "" and 0 if they are not there. */
const char *xapi_text(const struct xenapi_value *map, const char *field);
int64_t xapi_integer(const struct xenapi_value *map, const char *field);
bool xapi_truth(const struct xenapi_value *map, const char *field);

/* Calls the constructor 'method' with 'record', which is taken over. On success '*ref', of what it has made, is the caller's. */
struct error *xapi_construct(struct xapi *, const char *method, struct xenapi_value record, char **ref);

/* A record for the constructor of 'class' in which each field that it needs has its default. */
struct xenapi_value xapi_new_record(enum xenapi_class_id class);

#endif
