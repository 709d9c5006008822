/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "cli/vm_words.h"

#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "base/error.h"
#include "base/quote.h"

#define VIF_FORM "write network=NETWORK, and mac=, ipv4=, ipv6= or mode= with commas between them"

static struct error *
take_once(char **field, const char *key, const char *value)
{
    if (*field) {
        return error_new(ERROR_INVALID, "%s= stands there twice: say it once", key);
    }
    *field = xstrdup(value);
    return NULL;
}

static struct error *
take_word(struct vm_vif_words *vif, const char *key, const char *value)
{
    if (!*value) {
        return error_new(ERROR_INVALID, "%s= is empty: leave it out", quote(key).text);
    } else if (!strcmp(key, "network")) {
        return take_once(&vif->network, key, value);
    } else if (!strcmp(key, "mac")) {
        return take_once(&vif->mac, key, value);
    } else if (!strcmp(key, "mode")) {
        return take_once(&vif->mode, key, value);
    } else if (!strcmp(key, "ipv4")) {
        svec_add(&vif->ipv4, value);
        return NULL;
    } else if (!strcmp(key, "ipv6")) {
        svec_add(&vif->ipv6, value);
        return NULL;
    }
    return error_new(ERROR_INVALID, "%s is not known: " VIF_FORM, quote(key).text);
}

/* Reads the pair at the beginning of 'text'. */
static struct error *
read_pair(struct vm_vif_words *vif, const char *text, size_t length)
{
    char *key = xmemdup0(text, length);
    char *equals = strchr(key, '=');
    struct error *error;

    if (equals) {
        *equals = '\0';
        error = take_word(vif, key, equals + 1);
    } else {
        error = error_new(ERROR_INVALID, "%s has no value: " VIF_FORM, quote(key).text);
    }
    free(key);
    return error;
}

struct error *
vm_vif_words_read(const char *text, struct vm_vif_words *vif)
{
    struct error *error = NULL;

    *vif = (struct vm_vif_words) { .ipv4 = SVEC_EMPTY_INITIALIZER, .ipv6 = SVEC_EMPTY_INITIALIZER };
    for (const char *p = text; !error; ) {
        const size_t length = strcspn(p, ",");

        error = read_pair(vif, p, length);
        p += length;
        if (!*p++) {
            break;
        }
    }
    if (!error && !vif->network) {
        error = error_new(ERROR_INVALID, "no network is said: " VIF_FORM);
    }
    if (error) {
        vm_vif_words_destroy(vif);
        return error_prefix(error, "--vif %s", quote(text).text);
    }
    return NULL;
}

void
vm_vif_words_destroy(struct vm_vif_words *vif)
{
    free(vif->network);
    free(vif->mac);
    free(vif->mode);
    svec_destroy(&vif->ipv4);
    svec_destroy(&vif->ipv6);
}

char *
vm_absolute_path(const char *path, const char *folder)
{
    return !*path || *path == '/' ? xstrdup(path) : xasprintf("%s/%s", folder, path);
}

static int
shift_of(const char *unit)
{
    static const char units[] = "KMGT";
    const char *found = unit[0] && !unit[1] ? strchr(units, unit[0]) : NULL;

    return !unit[0] ? 0 : found ? (int) (found - units + 1) * 10 : -1;
}

bool
vm_size_read(const char *text, int64_t *bytes)
{
    const size_t digits = strspn(text, "0123456789");
    const int shift = shift_of(text + digits);
    char *number = xmemdup0(text, digits);
    long long int value;
    const bool good = shift >= 0 && str_to_llong(number, 10, &value) && value <= INT64_MAX >> shift && value << shift >= 1 << 20;

    free(number);
    if (good) {
        *bytes = value << shift;
    }
    return good;
}
