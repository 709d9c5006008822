/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "http/address.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <util.h>

#include "base/error.h"
#include "base/quote.h"

#define FORMS "unix:/PATH, tcp:ADDRESS:PORT or tls:ADDRESS:PORT"

static const char *const prefixes[] = { [HTTP_UNIX] = "unix:", [HTTP_TCP] = "tcp:", [HTTP_TLS] = "tls:" };

static bool
is_v6(const char *host)
{
    return strchr(host, ':');
}

static struct error *
path_parse(const char *text, const char *path, struct http_address *address)
{
    if (path[0] != '/') {
        return error_new(ERROR_INVALID, "listener %s: the path of a unix socket begins with '/'", quote(text).text);
    }
    if (strlen(path) >= HTTP_PATH_SIZE) {
        return error_new(ERROR_LIMIT, "listener %s: the path of a unix socket has at most %d bytes: choose a shorter one",
                         quote(text).text, HTTP_PATH_SIZE - 1);
    }
    ovs_strlcpy(address->path, path, sizeof address->path);
    return NULL;
}

static bool
port_parse(const char *text, uint16_t *port)
{
    int value;

    if (strspn(text, "0123456789") != strlen(text) || !str_to_int(text, 10, &value) || value > UINT16_MAX) {
        return false;
    }
    *port = value;
    return true;
}

/* An address in figures: IPv6 in brackets, IPv4 without. */
static bool
host_parse(const char *text, size_t length, char host[HTTP_HOST_SIZE])
{
    const bool brackets = length >= 2 && text[0] == '[' && text[length - 1] == ']';
    struct in6_addr in6;

    if (brackets) {
        text++;
        length -= 2;
    }
    if (length >= HTTP_HOST_SIZE) {
        return false;
    }
    memcpy(host, text, length);
    host[length] = '\0';
    return inet_pton(brackets ? AF_INET6 : AF_INET, host, &in6) == 1;
}

static struct error *
inet_parse(const char *text, const char *rest, struct http_address *address)
{
    const char *colon = strrchr(rest, ':');

    if (!colon || !port_parse(colon + 1, &address->port)) {
        return error_new(ERROR_INVALID, "listener %s does not end with a port from 0 to 65535: write " FORMS, quote(text).text);
    }
    if (!host_parse(rest, colon - rest, address->host)) {
        return error_new(ERROR_INVALID, "listener %s has no address in figures before its port: write 127.0.0.1, 0.0.0.0, [::1] or [::], say",
                         quote(text).text);
    }
    return NULL;
}

struct error *
http_address_parse(const char *text, struct http_address *address)
{
    memset(address, 0, sizeof *address);
    for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
        const char *rest = text + strlen(prefixes[i]);

        if (!strncmp(text, prefixes[i], strlen(prefixes[i]))) {
            address->transport = i;
            return i == HTTP_UNIX ? path_parse(text, rest, address) : inet_parse(text, rest, address);
        }
    }
    return error_new(ERROR_INVALID, "listener %s is of no known form: write " FORMS, quote(text).text);
}

struct http_address_text
http_address_text(const struct http_address *address)
{
    const char *prefix = prefixes[address->transport];
    struct http_address_text text;

    if (address->transport == HTTP_UNIX) {
        snprintf(text.text, sizeof text.text, "%s%s", prefix, address->path);
    } else {
        snprintf(text.text, sizeof text.text, is_v6(address->host) ? "%s[%s]:%u" : "%s%s:%u", prefix, address->host, address->port);
    }
    return text;
}

char *
http_address_url(const struct http_address *address, const char *path)
{
    const char *scheme = address->transport == HTTP_TLS ? "https" : "http";

    if (address->transport == HTTP_UNIX) {
        return xasprintf("%s://localhost%s", scheme, path);
    }
    return xasprintf(is_v6(address->host) ? "%s://[%s]:%u%s" : "%s://%s:%u%s", scheme, address->host, address->port, path);
}
