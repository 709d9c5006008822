/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "base/error.h"
#include "check.h"
#include "xenapi/filter.h"

/* Records have the fields whose names do not begin with 'x', each with its name as text. */
static char *
field_text(const char *name, void *record)
{
    return *name == 'x' ? NULL : xstrdup(name);
}

/* What the filter says of a record, -1 if it names a field that is not there. */
static int
verdict(const struct xenapi_filter *filter)
{
    bool matches;
    struct error *error = xenapi_filter_match(filter, field_text, NULL, &matches);

    ovs_assert(!error || error->code == ERROR_NOT_FOUND);
    int result = error ? -1 : matches;
    check_error(error);
    return result;
}

/* In parentheses and with nothing behind it, a filter is the same; `not` before it says the contrary. */
static void
check_filter(const struct xenapi_filter *filter, const char *text)
{
    struct xenapi_filter *same = NULL, *contrary = NULL;
    char *in_parentheses = xasprintf("(%s)", text), *negated = xasprintf("not %s", text);
    struct error *errors[] = { xenapi_filter_parse(in_parentheses, &same), xenapi_filter_parse(negated, &contrary) };
    int result = verdict(filter);

    ovs_assert(errors[0] ? errors[0]->code == ERROR_LIMIT : verdict(same) == result);
    ovs_assert(errors[1] ? errors[1]->code == ERROR_LIMIT : verdict(contrary) == (result < 0 ? result : !result));
    check_error(errors[0]);
    check_error(errors[1]);
    xenapi_filter_destroy(same);
    xenapi_filter_destroy(contrary);
    free(in_parentheses);
    free(negated);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char *text = check_string(bytes, n);
    struct xenapi_filter *filter = NULL;
    struct error *error = xenapi_filter_parse(text, &filter);

    if (!error) {
        check_filter(filter, text);
        xenapi_filter_destroy(filter);
    }
    check_error(error);
    free(text);
    return 0;
}
