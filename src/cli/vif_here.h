/* SPDX-License-Identifier: Apache-2.0
 *
 * The VIFs of a host without a pool database, as its agent knows them.
 */
#ifndef CLI_VIF_HERE_H
#define CLI_VIF_HERE_H

#include <stdbool.h>
#include <stdint.h>

struct cli;
struct error;
struct json;
struct row;
struct rows;

/* Whether there is no pool database, after '*error' when it was looked for: nobody has named one, and this host's agent says that it
 * has none. Then '*error' is freed and NULL, and '*status' the agent's answer to `status`, the caller's. */
bool here_instead_of_pool(struct cli *, struct error **error, struct json **status);

/* How many VIFs the agent's answer has, and how many of them are wired or disabled; those that are not, as rows. */
void here_count(const struct json *status, int64_t *n, int64_t *n_wired);
void here_put_unwired(const struct json *status, struct rows *);

/* cable vif list and show. */
void here_list(struct cli *, const struct json *status);
struct error *here_show(struct cli *, const char *device);

#endif
