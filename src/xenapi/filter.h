/* SPDX-License-Identifier: Apache-2.0
 *
 * The filters of get_all_records_where, in XAPI's grammar to the letter:
 *
 *     value := "text" | field "name"
 *     expr  := value = value | expr and expr | expr or expr | not expr | true | false | ( expr )
 *
 * `and` and `or` bind alike and from the left; `not` binds looser than both, so that `not a and b` is `not (a and b)`. A text is what
 * stands between two double quotes; there are no escapes. Values are compared as text (xenapi_value_to_text() makes it of a field).
 */
#ifndef XENAPI_FILTER_H
#define XENAPI_FILTER_H

#include <stdbool.h>

struct error;
struct xenapi_filter;

/* Gives the text of a record's field, which the caller frees, or NULL if records of that class have no such field. 'record' is what
 * xenapi_filter_match() was given. Fields have the names of XAPI's database: `name__label`, `bridge`, `resident_on`. */
typedef char *xenapi_filter_field(const char *name, void *record);

/* Reads a filter. ERROR_LIMIT if it is longer or deeper than base/limits.h allows, ERROR_INVALID if it is none; '*filter' is untouched
 * then. */
struct error *xenapi_filter_parse(const char *text, struct xenapi_filter **filter);

/* Whether the filter lets 'record' pass, in '*matches'. As in XAPI the right side of an `and` or `or` that the left side decides is not
 * looked at. ERROR_NOT_FOUND if what was looked at names a field that is not known. */
struct error *xenapi_filter_match(const struct xenapi_filter *, xenapi_filter_field *, void *record, bool *matches);

void xenapi_filter_destroy(struct xenapi_filter *);

#endif
