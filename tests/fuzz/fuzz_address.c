/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "check.h"
#include "http/address.h"

/* What was read is written in a form that reads back to the same. */
static void
check_address(const struct http_address *address)
{
    const struct http_address_text text = http_address_text(address);
    struct http_address again;

    ovs_assert(memchr(address->path, '\0', sizeof address->path) && memchr(address->host, '\0', sizeof address->host));
    ovs_assert(!http_address_parse(text.text, &again));
    ovs_assert(again.transport == address->transport);
    if (address->transport == HTTP_UNIX) {
        ovs_assert(address->path[0] == '/' && !strcmp(again.path, address->path));
    } else {
        ovs_assert(!strcmp(again.host, address->host) && again.port == address->port);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char *text = check_string(bytes, n);
    struct http_address address = { .port = 0 };
    struct error *error = http_address_parse(text, &address);

    if (!error) {
        check_address(&address);
    }
    check_error(error);
    free(text);
    return 0;
}
