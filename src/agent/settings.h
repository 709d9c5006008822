/* SPDX-License-Identifier: Apache-2.0
 *
 * How the host's administrator wants the agent, in Open_vSwitch.external_ids of the host's own switch:
 *
 *     cabled-pool            remote of the pool database; `none` if this host belongs to none
 *     cabled-host            this host's uuid in it; chosen and written by the agent if there is none
 *     cabled-tables          first of the seven OpenFlow tables that the rules use (1 to 247; 199)
 *     cabled-xapi            address of an XAPI that identities follow
 *     cabled-xapi-login      file with USER:PASSWORD for it
 *     cabled-xapi-ca         file with certificates: its own, or one that has signed it; `any`: whoever answers is believed
 *     cabled-xapi-cookie     file that is there when it has started
 *     cabled-variant         strict, split or xenserver-compat (strict)
 *     cabled-foreign-ports   accept or dark: ports on a guarded bridge that are nobody's VIF (accept). In Bridge.external_ids it is
 *                            for that bridge.
 */
#ifndef AGENT_SETTINGS_H
#define AGENT_SETTINGS_H

#include <stdbool.h>

#include <openvswitch/uuid.h>

#include "rules/compile.h"

struct error;
struct smap;

#define SETTINGS_ANY_CERTIFICATE "any"

struct settings {
    char *pool;                 /* owned; the usual one if nothing is said */
    bool names_pool;            /* something is said */
    bool no_pool;               /* ... that there is none */
    bool follows_pool;          /* for the agent to say */
    struct uuid host;           /* all zeros if there is none */
    struct rules_layout layout;
    enum rules_variant variant;
    bool accept_foreign_ports;
    char *xapi, *xapi_login, *xapi_ca, *xapi_cookie; /* owned; NULL if there is none */
};

/* What 'text' (NULL: nothing is said) means for foreign ports, of the host or of one bridge. '*accept' is untouched if it is refused. */
struct error *settings_parse_foreign_ports(const char *text, bool *accept);

/* Reads 'ids'. A value that does not parse is refused: the error names the key, and '*settings' is untouched. */
struct error *settings_parse(const struct smap *ids, struct settings *settings);

/* Whether both have identities follow the same XAPI in the same way, or none. */
bool settings_same_xapi(const struct settings *, const struct settings *);

/* The same of all else. */
bool settings_equal(const struct settings *, const struct settings *);

/* It owns its strings. */
void settings_destroy(struct settings *);

#endif
