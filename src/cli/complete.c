/* SPDX-License-Identifier: Apache-2.0
 *
 * cable completion, and `cable complete -- WORD...`, which its shell function calls.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <svec.h>
#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "cli/cli.h"
#include "cli/completion.h"
#include "cli/nouns.h"
#include "pool/host.h"
#include "pool/replica.h"
#include "switch/db.h"
#include "switch/visit.h"

/* bash splits words at '=' and ':' as well. The words are put together again here, and what it does not replace is taken
 * off the candidates. */
static const char bash_function[] =
    "# bash completion of cable: source <(cable completion bash)\n"
    "_cable()\n"
    "{\n"
    "    local word joined= words=() candidates=() candidate kept i\n"
    "    for ((i = 1; i <= COMP_CWORD; i++)); do\n"
    "        word=${COMP_WORDS[i]}\n"
    "        if [[ $word == [=:] && ${#words[@]} -gt 0 ]]; then\n"
    "            words[-1]+=$word\n"
    "            joined=1\n"
    "        elif [[ -n $joined ]]; then\n"
    "            words[-1]+=$word\n"
    "            joined=\n"
    "        else\n"
    "            words+=(\"$word\")\n"
    "        fi\n"
    "    done\n"
    "    word=${COMP_WORDS[COMP_CWORD]}\n"
    "    [[ $word == [=:] ]] && word=\n"
    "    kept=$((${#words[-1]} - ${#word}))\n"
    "    words[-1]=${words[-1]//\\\\/}\n"
    "    COMPREPLY=()\n"
    "    mapfile -t candidates < <(\"${COMP_WORDS[0]}\" complete -- \"${words[@]}\" 2>/dev/null)\n"
    "    if [[ ${candidates[0]-} == " COMPLETION_FILES " ]]; then\n"
    "        compopt -o default\n"
    "        return\n"
    "    fi\n"
    "    for candidate in \"${candidates[@]}\"; do\n"
    "        COMPREPLY+=(\"$(printf %q \"${candidate:kept}\")\")\n"
    "    done\n"
    "}\n"
    "complete -F _cable cable\n";

struct error *
completion_show(struct cli *cli)
{
    const char *shell = cli->given.arguments[0];

    if (strcmp(shell, "bash")) {
        return cli_usage(cli, error_new(ERROR_INVALID, "there is no completion for the shell %s: bash is the only one",
                                        quote(shell).text));
    }
    fputs(bash_function, cli->output.stream);
    return NULL;
}

static void
add_networks(struct pool *pool, struct svec *names)
{
    const struct poolrec_network *network;

    POOLREC_NETWORK_FOR_EACH (network, pool_idl(pool)) {
        svec_add(names, network->name_label);
    }
}

static void
add_vifs(struct pool *pool, struct svec *names)
{
    const struct poolrec_vif *vif;

    POOLREC_VIF_FOR_EACH (vif, pool_idl(pool)) {
        svec_add(names, vif->interface);
    }
}

static void
add_vms(struct pool *pool, struct svec *names)
{
    const struct poolrec_vm *vm;

    POOLREC_VM_FOR_EACH (vm, pool_idl(pool)) {
        svec_add(names, vm->name_label);
    }
}

static void
add_hosts(struct pool *pool, struct svec *names)
{
    const struct poolrec_host *host;

    POOLREC_HOST_FOR_EACH (host, pool_idl(pool)) {
        svec_add(names, pool_host_name(host));
    }
}

static void
add_bridge(const char *bridge, void *names)
{
    svec_add(names, bridge);
}

static void
add_bridges(struct cli *cli, struct svec *names)
{
    struct visit visit;
    struct error *error = visit_open(&visit, cli_timeout(cli, CLI_TIMEOUT_MS), NULL);

    if (error) {
        error_free(error);
    } else {
        switch_db_for_each_bridge(visit.db, add_bridge, names);
        visit_close(&visit);
    }
}

/* A person waits behind the key: without a pool, or a switch, there are no names. */
static void
add_names(void *cli_, enum command_kind kind, struct svec *names)
{
    struct cli *cli = cli_;
    struct error *error = NULL;
    struct pool *pool;

    if (kind == COMMAND_BRIDGE) {
        add_bridges(cli, names);
        return;
    }
    error = cli_pool(cli, &pool);
    if (error) {
        error_free(error);
    } else if (kind == COMMAND_NETWORK) {
        add_networks(pool, names);
    } else if (kind == COMMAND_VIF) {
        add_vifs(pool, names);
    } else if (kind == COMMAND_VM) {
        add_vms(pool, names);
    } else if (kind == COMMAND_HOST) {
        add_hosts(pool, names);
    }
}

/* The pool that the line names, if it does. */
static void
take_pool_of_line(struct cli *cli)
{
    static const char option[] = "--pool";
    const char **words = cli->given.arguments;

    for (size_t i = 0; i + 1 < cli->given.n_arguments; i++) {
        if (!strcmp(words[i], option)) {
            cli->pool_remote = words[i + 1];
        } else if (!strncmp(words[i], option, strlen(option)) && words[i][strlen(option)] == '=') {
            cli->pool_remote = words[i] + strlen(option) + 1;
        }
    }
}

struct error *
completion_run(struct cli *cli)
{
    struct completion_names names = { add_names, cli };
    struct svec candidates = SVEC_EMPTY_INITIALIZER;
    const char *candidate;
    size_t i;

    take_pool_of_line(cli);
    if (cli->given.n_arguments) {
        completion_candidates(cli->given.arguments, cli->given.n_arguments, &names, &candidates);
    }
    SVEC_FOR_EACH (i, candidate, &candidates) {
        fprintf(cli->output.stream, "%s\n", candidate);
    }
    svec_destroy(&candidates);
    return NULL;
}
