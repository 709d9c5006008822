/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <openvswitch/poll-loop.h>
#include <ovsdb-idl.h>
#include <stream-ssl.h>
#include <svec.h>
#include <timeval.h>
#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "cli/command.h"
#include "cli/nouns.h"
#include "cli/xapi.h"
#include "pool/remote.h"
#include "pool/replica.h"

/* An empty variable is one that is not set. An empty option is a script's mistake, and would reach what was not meant. */
static struct error *
refuse_empty(const struct cli *cli, const char *option)
{
    const char *value = given_value(&cli->given, option);

    return value && !*value ? error_new(ERROR_INVALID, "--%s is empty: say where, or leave it out", option) : NULL;
}

static const char *
setting(const struct cli *cli, const char *option, const char *variable, const char *otherwise)
{
    const char *value = given_value(&cli->given, option);

    value = value ? value : getenv(variable);
    return value && *value ? value : otherwise;
}

/* NO_COLOR: https://no-color.org. */
static struct error *
choose_colour(struct cli *cli)
{
    const char *when = given_value(&cli->given, "color");
    const char *no_color = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");

    if (!when || !strcmp(when, "auto")) {
        cli->output.colour = isatty(STDOUT_FILENO) && !(no_color && *no_color) && terminal && strcmp(terminal, "dumb");
    } else if (!strcmp(when, "always") || !strcmp(when, "never")) {
        cli->output.colour = !strcmp(when, "always");
    } else {
        return error_new(ERROR_INVALID, "--color %s is not known: write auto, always or never", quote(when).text);
    }
    return NULL;
}

static struct error *
choose_timeout(struct cli *cli)
{
    const char *text = given_value(&cli->given, "timeout");
    double seconds;
    char *end;

    if (!text) {
        return NULL;
    }
    errno = 0;
    seconds = strtod(text, &end);
    if (errno || !*text || *end || !(seconds > 0 && seconds <= 86400 * 365)) {
        return error_new(ERROR_INVALID, "--timeout %s is no number of seconds: write one above 0, like 10 or 0.5",
                         quote(text).text);
    }
    cli->timeout_ms = MAX(1, seconds * 1000);
    return NULL;
}

static size_t
terminal_width(void)
{
    struct winsize size;

    return isatty(STDOUT_FILENO) && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col ? size.ws_col : 0;
}

static struct error *
choose_tls(const struct cli *cli)
{
    const char *key = given_value(&cli->given, "private-key");
    const char *certificate = given_value(&cli->given, "certificate");
    const char *ca = given_value(&cli->given, "ca-cert");

    if (!key != !certificate || !key != !ca) {
        return error_new(ERROR_INVALID, "TLS needs all three of --private-key, --certificate and --ca-cert");
    } else if (key) {
        stream_ssl_set_key_and_cert(key, certificate);
        stream_ssl_set_ca_cert_file(ca, false);
    }
    return NULL;
}

struct error *
cli_init(struct cli *cli, char *const words[])
{
    struct error *error;

    *cli = (struct cli) { .output.stream = stdout };
    error = options_parse(words, &cli->given);
    if (error) {
        return error;
    }
    cli->pool_remote = setting(cli, "pool", "CABLED_POOL", POOL_DEFAULT_REMOTE);
    cli->agent_socket = setting(cli, "agent", "CABLED_AGENT", NULL);
    cli->output.class = given_flag(&cli->given, "json") ? &output_json : &output_table;
    cli->output.width = terminal_width();
    cli->output.now_ms = time_wall_msec();
    error = refuse_empty(cli, "pool");
    error = error ? error : refuse_empty(cli, "agent");
    error = error ? error : refuse_empty(cli, "xapi");
    error = error ? error : choose_colour(cli);
    error = error ? error : choose_timeout(cli);
    error = error ? error : choose_tls(cli);
    if (error) {
        cli_destroy(cli);
    }
    return error;
}

struct error *
cli_run(struct cli *cli)
{
    if (given_flag(&cli->given, "version")) {
        return version_show(cli);
    } else if (given_flag(&cli->given, "help") || !cli->given.command) {
        return help_show(cli);
    }
    return cli->given.command->run(cli);
}

void
cli_destroy(struct cli *cli)
{
    xapi_close(cli->xapi);
    pool_close(cli->pool);
    given_destroy(&cli->given);
    *cli = (struct cli) { .pool = NULL };
}

long long int
cli_timeout(const struct cli *cli, long long int otherwise_ms)
{
    return cli->timeout_ms ? cli->timeout_ms : otherwise_ms;
}

struct error *
cli_usage(struct cli *cli, struct error *error)
{
    cli->status = CLI_USAGE;
    return error;
}

/* What a person can do about it. */
static const char *
pool_way_out(int code)
{
    switch (code) {
    case 0:
        return "is it an ovsdb-server that serves the database Cabled? (another address: --pool or CABLED_POOL)";
    case EACCES:
    case EPERM:
        return "run cable as a user who may write to that socket, such as root (another address: --pool or CABLED_POOL)";
    case ENOPROTOOPT:
        return "ssl: needs files that can be read: --private-key, --certificate and --ca-cert";
    default:
        return "is its ovsdb-server running? (another address: --pool or CABLED_POOL)";
    }
}

static struct error *
pool_failed(const struct cli *cli, int code)
{
    return error_new(ERROR_UNREACHABLE, "the pool database at %s does not answer%s%s%s: %s", cli->pool_remote, code ? " (" : "",
                     code ? ovs_retval_to_string(code) : "", code ? ")" : "", pool_way_out(code));
}

/* One server that is not there will not come within seconds, unless somebody says that it is worth waiting for. */
static bool
is_hopeless(const struct cli *cli, int code)
{
    return !cli->timeout_ms && !strchr(cli->pool_remote, ',')
        && (code == ENOENT || code == ECONNREFUSED || code == EACCES || code == EPERM || code == ENOTDIR
            || code == EAFNOSUPPORT || code == ENAMETOOLONG || code == ENOPROTOOPT);
}

static struct error *
pool_connect(struct cli *cli, struct pool *pool)
{
    long long int deadline = time_msec() + cli_timeout(cli, CLI_TIMEOUT_MS);

    for (;;) {
        pool_run(pool);
        if (pool_is_synced(pool)) {
            return NULL;
        }
        int code = ovsdb_idl_get_last_error(pool_idl(pool));
        if (is_hopeless(cli, code) || time_msec() >= deadline) {
            return pool_failed(cli, code);
        }
        pool_wait(pool);
        poll_timer_wait_until(deadline);
        poll_block();
    }
}

struct error *
cli_pool(struct cli *cli, struct pool **pool)
{
    struct error *error = cli->pool ? NULL : pool_remote_check(cli->pool_remote);

    if (error) {
        error = cli_usage(cli, error);
    } else if (!cli->pool) {
        cli->pool = pool_open_for_people(cli->pool_remote);
        error = pool_connect(cli, cli->pool);
    }
    *pool = cli->pool;
    return error;
}

bool
cli_names_xapi(const struct cli *cli)
{
    return given_value(&cli->given, "xapi");
}

struct error *
cli_xapi(struct cli *cli, struct xapi **xapi)
{
    const struct xapi_config config = {
        .address = setting(cli, "xapi", "CABLED_XAPI", XAPI_DEFAULT_ADDRESS),
        .login = setting(cli, "xapi-login", "CABLED_XAPI_LOGIN", NULL),
        .ca = setting(cli, "xapi-ca", "CABLED_XAPI_CA", NULL),
        .timeout_ms = cli_timeout(cli, CLI_TIMEOUT_MS),
    };
    struct error *error = cli->xapi ? NULL : xapi_open(&config, &cli->xapi);

    *xapi = cli->xapi;
    return error && error->code == ERROR_INVALID ? cli_usage(cli, error) : error;
}

const struct uuid *
cli_here(struct cli *cli)
{
    const struct poolrec_host *first = poolrec_host_first(pool_idl(cli->pool));

    if (!first || !poolrec_host_next(first)) {
        return NULL;
    }
    rpc_ask_here(&cli->here, cli_timeout(cli, CLI_TIMEOUT_MS));
    return cli->here.known ? &cli->here.uuid : NULL;
}

bool
cli_decimal(const char *text, long long int *value)
{
    size_t sign = text[0] == '-';

    return text[sign] && !text[sign + strspn(text + sign, "0123456789")] && str_to_llong(text, 10, value);
}

struct error *
cli_number(const struct cli *cli, const char *name, const char *what, int64_t *buffer, const int64_t **number)
{
    const char *text = given_value(&cli->given, name);
    long long int value;

    *number = NULL;
    if (!text) {
        return NULL;
    } else if (!cli_decimal(text, &value)) {
        return error_new(ERROR_INVALID, "%s %s is no number that could be meant: write it in decimal", what, quote(text).text);
    }
    *buffer = value;
    *number = buffer;
    return NULL;
}

/* Appends the items of 'text', without the blanks around them. */
static void
add_items(struct svec *list, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, ",");
        char *item = xmemdup0(text, length);

        svec_add_nocopy(list, xstrdup(item + strspn(item, " ")));
        char *last = list->names[list->n - 1];
        for (size_t end = strlen(last); end && last[end - 1] == ' '; end--) {
            last[end - 1] = '\0';
        }
        free(item);
        text += length;
        if (*text && !*++text) {
            svec_add(list, "");     /* "a," */
        }
    }
}

bool
cli_list(const struct cli *cli, const char *name, struct svec *list)
{
    bool is_given = false;

    svec_init(list);
    for (size_t i = 0; i < cli->given.n_options; i++) {
        if (!strcmp(cli->given.options[i].option->name, name)) {
            add_items(list, cli->given.options[i].value);
            is_given = true;
        }
    }
    return is_given;
}
