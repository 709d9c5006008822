/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "libvirt/domain_xml.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/quote.h"
#include "base/xml.h"
#include "libvirt/domain.h"

/* The namespace stands before a name and this between them. */
#define SEPARATOR ' '
#define OURS(NAME) LIBVIRT_NAMESPACE " " NAME

/* Where the reader is: an element that means something here, or one that does not. */
enum place {
    DOCUMENT,
    DOMAIN,
    NAME,
    UUID,
    DEVICES,
    INTERFACE,
    MAC,
    ALIAS,
    SOURCE,
    TARGET,
    VIRTUAL_PORT,
    METADATA,
    VIFS,
    VIF,
    IPV4,
    IPV6,
    RATE,
    ELSEWHERE,
};

static const struct passage {
    enum place from;
    const char *name;
    enum place to;
} passages[] = {
    { DOCUMENT,  "domain",      DOMAIN },
    { DOMAIN,    "name",        NAME },
    { DOMAIN,    "uuid",        UUID },
    { DOMAIN,    "devices",     DEVICES },
    { DEVICES,   "interface",   INTERFACE },
    { INTERFACE, "mac",         MAC },
    { INTERFACE, "alias",       ALIAS },
    { INTERFACE, "source",      SOURCE },
    { INTERFACE, "target",      TARGET },
    { INTERFACE, "virtualport", VIRTUAL_PORT },
    { DOMAIN,    "metadata",    METADATA },
    { METADATA,  OURS("vifs"),  VIFS },
    { VIFS,      OURS("vif"),   VIF },
    { VIF,       OURS("ipv4"),  IPV4 },
    { VIF,       OURS("ipv6"),  IPV6 },
    { VIF,       OURS("rate"),  RATE },
};

struct reader {
    struct libvirt_domain domain;
    size_t allocated_interfaces, allocated_vifs;
    enum place places[LIMIT_LIBVIRT_DEPTH];  /* of the elements whose end has not come yet */
    size_t depth;
    struct ds text;             /* since the last tag */
    size_t line;                /* of that tag */
};

static enum place
here(const struct reader *reader)
{
    return reader->depth ? reader->places[reader->depth - 1] : DOCUMENT;
}

static bool
is_ours(enum place place)
{
    return place == VIFS || place == VIF || place == IPV4 || place == IPV6 || place == RATE;
}

/* The part of an element's name behind its namespace. */
static const char *
local_name(const char *name)
{
    const char *separator = strrchr(name, SEPARATOR);

    return separator ? separator + 1 : name;
}

static struct error *
pass(enum place from, const char *name, enum place *to)
{
    size_t namespace = strlen(LIBVIRT_NAMESPACE);

    for (const struct passage *passage = passages; passage < &passages[ARRAY_SIZE(passages)]; passage++) {
        if (passage->from == from && !strcmp(passage->name, name)) {
            *to = passage->to;
            return NULL;
        }
    }
    if (from == DOCUMENT) {
        return error_new(ERROR_INVALID, "this is no domain of libvirt: it begins with the element %s", quote(local_name(name)).text);
    } else if (is_ours(from) || (!strncmp(name, LIBVIRT_NAMESPACE, namespace) && name[namespace] == SEPARATOR)) {
        return error_new(ERROR_INVALID, "element %s is not known here: below metadata stands a vifs, in it a vif for each interface, and "
                         "in that ipv4, ipv6 and rate", quote(local_name(name)).text);
    }
    *to = ELSEWHERE;
    return NULL;
}

/* An attribute and where its value goes. */
struct attribute {
    const char *name;
    char **value;
};

static struct error *
attribute_take(const struct attribute *attribute, const char *value)
{
    if (strlen(value) > LIMIT_NAME_BYTES) {
        return error_new(ERROR_LIMIT, "attribute %s is longer than %d bytes", attribute->name, LIMIT_NAME_BYTES);
    }
    free(*attribute->value);
    *attribute->value = xstrdup(value);
    return NULL;
}

/* 'pairs' is what expat has: a name, its value, ..., NULL. */
static struct error *
attributes_take(const struct attribute *known, size_t n, bool ours, const char **pairs)
{
    struct error *error = NULL;

    for (; *pairs && !error; pairs += 2) {
        size_t i = 0;

        while (i < n && strcmp(known[i].name, pairs[0])) {
            i++;
        }
        if (i < n) {
            error = attribute_take(&known[i], pairs[1]);
        } else if (ours) {
            error = error_new(ERROR_INVALID, "attribute %s is not known here", quote(local_name(pairs[0])).text);
        }
    }
    return error;
}

#define TAKE(OURS, PAIRS, ...) \
    attributes_take((struct attribute[]) { __VA_ARGS__ }, ARRAY_SIZE(((struct attribute[]) { __VA_ARGS__ })), OURS, PAIRS)

static struct error *
interface_begin(struct reader *reader, const char **attributes)
{
    struct libvirt_domain *domain = &reader->domain;

    if (domain->n_interfaces >= LIMIT_LIBVIRT_INTERFACES) {
        return error_new(ERROR_LIMIT, "the domain has more than %d interfaces", LIMIT_LIBVIRT_INTERFACES);
    }
    if (domain->n_interfaces >= reader->allocated_interfaces) {
        domain->interfaces = x2nrealloc(domain->interfaces, &reader->allocated_interfaces, sizeof *domain->interfaces);
    }

    struct libvirt_interface *interface = &domain->interfaces[domain->n_interfaces++];
    *interface = (struct libvirt_interface) { .type = NULL };
    return TAKE(false, attributes, { "type", &interface->type });
}

static struct error *
vif_begin(struct reader *reader, const char **attributes)
{
    struct libvirt_domain *domain = &reader->domain;

    if (domain->n_vifs >= LIMIT_LIBVIRT_INTERFACES) {
        return error_new(ERROR_LIMIT, "more than %d interfaces are described", LIMIT_LIBVIRT_INTERFACES);
    }
    if (domain->n_vifs >= reader->allocated_vifs) {
        domain->vifs = x2nrealloc(domain->vifs, &reader->allocated_vifs, sizeof *domain->vifs);
    }

    struct libvirt_vif *vif = &domain->vifs[domain->n_vifs++];
    *vif = (struct libvirt_vif) { .line = reader->line, .ipv4 = SVEC_EMPTY_INITIALIZER,
                                  .ipv6 = SVEC_EMPTY_INITIALIZER };
    return TAKE(true, attributes, { "mac", &vif->mac }, { "alias", &vif->alias }, { "mode", &vif->mode }, { "auto-lla", &vif->auto_lla },
                { "bridge", &vif->bridge });
}

static struct error *
vifs_begin(struct reader *reader, const char **attributes)
{
    if (reader->domain.described) {
        return error_new(ERROR_INVALID, "there are two elements vifs: write all VIFs into one");
    }
    reader->domain.described = true;
    return attributes_take(NULL, 0, true, attributes);
}

static struct error *
element_begin(struct reader *reader, enum place place, const char **attributes)
{
    struct libvirt_domain *domain = &reader->domain;
    struct libvirt_interface *interface = domain->n_interfaces ? &domain->interfaces[domain->n_interfaces - 1] : NULL;
    struct libvirt_vif *vif = domain->n_vifs ? &domain->vifs[domain->n_vifs - 1] : NULL;

    switch (place) {
    case INTERFACE:    return interface_begin(reader, attributes);
    case MAC:          return TAKE(false, attributes, { "address", &interface->mac });
    case ALIAS:        return TAKE(false, attributes, { "name", &interface->alias });
    case SOURCE:       return TAKE(false, attributes, { "bridge", &interface->bridge });
    case TARGET:       return TAKE(false, attributes, { "dev", &interface->device });
    case VIRTUAL_PORT: return TAKE(false, attributes, { "type", &interface->virtual_port });
    case VIFS:         return vifs_begin(reader, attributes);
    case VIF:          return vif_begin(reader, attributes);
    case IPV4:
    case IPV6:         return attributes_take(NULL, 0, true, attributes);
    case RATE:         return TAKE(true, attributes, { "kbps", &vif->kbps }, { "burst", &vif->burst });
    case DOCUMENT:
    case DOMAIN:
    case NAME:
    case UUID:
    case DEVICES:
    case METADATA:
    case ELSEWHERE:    return NULL;
    }
    OVS_NOT_REACHED();
}

/* The text without the white space around it, as people indent it. */
static char *
trimmed(struct ds *text)
{
    const char *begin = ds_cstr(text) + strspn(ds_cstr(text), " \t\r\n");
    size_t n = strlen(begin);

    while (n && strchr(" \t\r\n", begin[n - 1])) {
        n--;
    }
    return xmemdup0(begin, n);
}

static struct error *
address_take(struct reader *reader, bool ipv6, char *text)
{
    struct libvirt_vif *vif = &reader->domain.vifs[reader->domain.n_vifs - 1];

    if (vif->ipv4.n + vif->ipv6.n >= LIMIT_VIF_ADDRESSES) {
        free(text);
        return error_new(ERROR_LIMIT, "a VIF has more than %d addresses", LIMIT_VIF_ADDRESSES);
    }
    svec_add_nocopy(ipv6 ? &vif->ipv6 : &vif->ipv4, text);
    return NULL;
}

static void
replace(char **to, char *text)
{
    free(*to);
    *to = text;
}

/* Takes the text before a tag in 'place'; 'at_end' if the tag ends it. */
static struct error *
text_take(struct reader *reader, enum place place, bool at_end)
{
    char *text = trimmed(&reader->text);
    struct error *error = NULL;

    ds_clear(&reader->text);
    if (at_end && (place == IPV4 || place == IPV6)) {
        return address_take(reader, place == IPV6, text);
    } else if (at_end && (place == NAME || place == UUID)) {
        replace(place == NAME ? &reader->domain.name : &reader->domain.uuid, text);
        return NULL;
    } else if (is_ours(place) && *text) {
        error = error_new(ERROR_INVALID, "text %s has no place here", quote(text).text);
    }
    free(text);
    return error;
}

static struct error *
tag_begin(void *reader_, const char *name, const char **attributes, size_t line)
{
    struct reader *reader = reader_;
    enum place place;
    struct error *error = pass(here(reader), name, &place);

    error = error ? error : text_take(reader, here(reader), false);
    if (!error && reader->depth >= LIMIT_LIBVIRT_DEPTH) {
        error = error_new(ERROR_LIMIT, "elements stand more than %d deep within each other", LIMIT_LIBVIRT_DEPTH);
    }
    if (error) {
        return error;
    }
    reader->places[reader->depth++] = place;
    reader->line = line;
    return element_begin(reader, place, attributes);
}

static struct error *
tag_end(void *reader_)
{
    struct reader *reader = reader_;
    struct error *error = text_take(reader, here(reader), true);

    reader->depth--;
    return error;
}

/* Text that nobody will ask for is not kept. */
static struct error *
text_keep(void *reader_, const char *text, size_t n)
{
    struct reader *reader = reader_;
    enum place place = here(reader);

    if (is_ours(place) || place == NAME || place == UUID) {
        ds_put_buffer(&reader->text, text, n);
        if (reader->text.length > LIMIT_DESCRIPTION_BYTES) {
            return error_new(ERROR_LIMIT, "a text is longer than %d bytes", LIMIT_DESCRIPTION_BYTES);
        }
    }
    return NULL;
}

struct error *
libvirt_domain_read(const char *text, size_t n, struct libvirt_domain *domain)
{
    static const struct xml_events events = { tag_begin, tag_end, text_keep, .use = "a domain", .separator = SEPARATOR };
    struct reader reader = { .text = DS_EMPTY_INITIALIZER };
    struct error *error;

    if (n > LIMIT_LIBVIRT_XML_BYTES) {
        return error_new(ERROR_LIMIT, "the domain's XML is longer than %d bytes", LIMIT_LIBVIRT_XML_BYTES);
    }
    reader.domain = (struct libvirt_domain) { .name = xstrdup(""), .uuid = xstrdup("") };
    error = xml_read(text, n, &events, &reader);
    ds_destroy(&reader.text);
    if (error) {
        libvirt_domain_destroy(&reader.domain);
        return error;
    }
    *domain = reader.domain;
    return NULL;
}
