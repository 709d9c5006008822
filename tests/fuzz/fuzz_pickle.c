/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <svec.h>
#include <util.h>

#include "base/error.h"
#include "check.h"
#include "verbs/network_command.h"
#include "verbs/pickle.h"
#include "xenapi/value.h"

/* Whatever a client's words are, a command is one of two programs, and none of the words that go with it is an option of the client's. */
static void
check_command(const struct xenapi_value *value)
{
    struct svec argv;
    struct error *error;

    if (value->type != XENAPI_MAP) {
        return;
    }
    error = network_command_make(value, &argv);
    ovs_assert(error ? !argv.n : !strcmp(argv.names[0], "ip") || !strcmp(argv.names[0], "ovs-vsctl"));
    for (size_t i = 1; i < argv.n; i++) {
        ovs_assert(argv.names[i][0] != '-' || !strcmp(argv.names[i], "--") || !strcmp(argv.names[i], "--if-exists")
                   || !strcmp(argv.names[i], "--timeout=10"));
    }
    check_error(error);
    svec_destroy(&argv);
}

/* A text is read back as it was. */
static void
check_text(const char *text)
{
    char *pickle = pickle_of_text(text);
    struct xenapi_value same;

    ovs_assert(pickle_read(pickle, strlen(pickle), &same));
    ovs_assert(same.type == XENAPI_STRING && !strcmp(same.string, text));
    xenapi_value_destroy(&same);
    free(pickle);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct xenapi_value value;

    if (pickle_read(bytes, n, &value)) {
        check_command(&value);
        if (value.type == XENAPI_STRING) {
            check_text(value.string);
        }
        xenapi_value_destroy(&value);
    }
    return 0;
}
