/* SPDX-License-Identifier: Apache-2.0
 *
 * One run of cable: what was asked, where the answer goes, and the pool database, opened when a command first wants it.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/options.h"
#include "cli/output.h"
#include "cli/rpc.h"

struct error;
struct pool;
struct svec;
struct uuid;
struct xapi;

enum {
    CLI_OK = 0,
    CLI_FAILED = 1,             /* refused or failed */
    CLI_USAGE = 2,
};

/* How long a database or daemon may take to answer if nobody says. */
enum { CLI_TIMEOUT_MS = 5000 };

struct cli {
    struct given given;
    struct output output;
    const char *pool_remote;
    const char *agent_socket;   /* NULL: where cabled's pidfile says */
    long long int timeout_ms;   /* 0: not said */
    int status;                 /* what a command wants other than CLI_OK, or CLI_FAILED if it returns an error */
    struct pool *pool;          /* NULL until cli_pool() */
    struct xapi *xapi;          /* NULL until cli_xapi() */
    struct rpc_here here;
};

/* Parses the words of the command line, which stay in use. Each error is one in usage. */
struct error *cli_init(struct cli *, char *const words[]);

/* Carries out the command. What it has to say is written to stdout; stderr only tells of long
 * waits. */
struct error *cli_run(struct cli *);

void cli_destroy(struct cli *);

/* For the commands. */

/* The pool database, synced. */
struct error *cli_pool(struct cli *, struct pool **pool);

/* cabled-xapi, logged in. ERROR_UNREACHABLE if none answers. */
struct error *cli_xapi(struct cli *, struct xapi **xapi);

/* True if --xapi says that this one is meant and no other. */
bool cli_names_xapi(const struct cli *);

/* What --timeout says, or 'otherwise'. */
long long int cli_timeout(const struct cli *, long long int otherwise_ms);

/* The uuid of the pool's host that this machine is, as its switch database says; NULL if it is not known. Asked once, and
 * only if the pool has several hosts. */
const struct uuid *cli_here(struct cli *);

static inline bool
cli_is_json(const struct cli *cli)
{
    return cli->output.class == &output_json;
}

/* Makes 'error' one in usage. */
struct error *cli_usage(struct cli *, struct error *error);

/* Whether 'text' is a decimal number and nothing else, also no blank or "+". */
bool cli_decimal(const char *text, long long int *value);

/* The number that option 'name' gives; '*number' is NULL if it was not given, otherwise 'buffer'. 'what' begins the error. */
struct error *cli_number(const struct cli *, const char *name, const char *what, int64_t *buffer, const int64_t **number);

/* The comma-separated values of all options 'name'. False, and the list empty, if there is none. The list is the caller's. */
bool cli_list(const struct cli *, const char *name, struct svec *list);

#endif
