/* SPDX-License-Identifier: Apache-2.0
 *
 * The input is a policy in words, one a line: a letter for the field and the word. M mode, N network's default, m MAC, 4 IPv4, 6 IPv6,
 * v VLAN, a automatic link-local address.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "check.h"
#include "vif/policy.h"

enum { MAX_LINES = 256 };

struct lines {
    const char *ipv4[MAX_LINES + 1];
    const char *ipv6[MAX_LINES + 1];
    int64_t vlans[MAX_LINES];
    size_t n_ipv4, n_ipv6;
    struct vif_policy_words words;
};

static void
line_take(struct lines *lines, const char *line)
{
    switch (*line) {
    case 'M': lines->words.mode = line + 1; break;
    case 'N': lines->words.network_default = line + 1; break;
    case 'm': lines->words.mac = line + 1; break;
    case '4': lines->ipv4[lines->n_ipv4++] = line + 1; break;
    case '6': lines->ipv6[lines->n_ipv6++] = line + 1; break;
    case 'v': lines->vlans[lines->words.n_vlans++] = strtoll(line + 1, NULL, 10); break;
    case 'a': lines->words.auto_lla = true; break;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char *text = check_string(bytes, n), *rest = text;
    struct lines *lines = xzalloc(sizeof *lines);
    struct vif_policy policy;

    lines->words.ipv4 = lines->ipv4;
    lines->words.ipv6 = lines->ipv6;
    lines->words.vlans = lines->vlans;
    for (size_t i = 0; i < MAX_LINES && rest; i++) {
        line_take(lines, strsep(&rest, "\n"));
    }
    struct error *error = vif_policy_parse(&lines->words, &policy);
    if (!error) {
        check_policy(&policy);
        vif_policy_destroy(&policy);
    }
    check_error(error);
    free(lines);
    free(text);
    return 0;
}
