/* SPDX-License-Identifier: Apache-2.0
 *
 * cable vm run: a guest for once. It is made, started, seen on its console, and removed when it has ended, also when the command is.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <fatal-signal.h>
#include <util.h>
#include <uuid.h>

#include "base/error.h"
#include "base/quote.h"
#include "cli/cli.h"
#include "cli/nouns.h"
#include "cli/rows.h"
#include "cli/vm_guest.h"
#include "cli/xapi.h"
#include "cli/xapi_objects.h"
#include "cli/xapi_task.h"

/* How long the server may take to notice that a guest whose console has gone has ended. */
enum { END_MS = 30 * 1000 };

struct guest {
    struct cli *cli;
    struct xapi *xapi;
    char *name, *ref;
};

static struct error *
remove_guest(struct guest *guest)
{
    char *ref = guest->ref;
    struct error *error;

    guest->ref = NULL;
    error = ref ? vm_guest_remove(guest->cli, guest->xapi, ref, guest->name) : NULL;
    free(ref);
    return error;
}

static void
signalled(void *guest_)
{
    struct guest *guest = guest_;

    if (guest->ref) {
        xapi_ignore_signals(guest->xapi);
        error_free(remove_guest(guest));
    }
}

static bool
has_ended(const struct xenapi_value *record, void *aux OVS_UNUSED)
{
    return record && !strcmp(xapi_text(record, "power_state"), "Halted");
}

static struct error *
see_console(struct guest *guest, bool *left)
{
    enum vm_console_end end = VM_CONSOLE_GONE;
    struct xenapi_value record;
    struct error *error = xapi_record(guest->xapi, "VM", guest->ref, &record);

    if (!error) {
        char *path = vm_guest_console(&record);

        error = vm_guest_attach(path, &end);
        free(path);
        xenapi_value_destroy(&record);
    }
    *left = end == VM_CONSOLE_LEFT;
    return error;
}

/* A guest that has ended before its console could be reached is no failure. */
static struct error *
await_end(struct guest *guest, struct error *console_error)
{
    bool gone;
    struct error *error = xapi_watch(guest->xapi, "VM", guest->ref, END_MS, has_ended, NULL, &gone);

    if (error && console_error) {
        error_free(error);
        return console_error;
    }
    error_free(console_error);
    return error ? error_prefix(error, "VM %s", quote(guest->name).text) : NULL;
}

static struct error *
run_guest(struct guest *guest)
{
    bool left = false;
    struct error *error = vm_guest_start(guest->cli, guest->xapi, guest->ref, guest->name, false);

    if (!error) {
        error = see_console(guest, &left);
        error = left ? error : await_end(guest, error);
    }
    return error;
}

static char *
some_name(void)
{
    struct uuid uuid;

    uuid_generate(&uuid);
    return xasprintf("run-%08x", uuid.parts[0]);
}

static void
show_end(struct cli *cli, const char *name)
{
    struct row row = ROW_INITIALIZER;
    char *sentence = xasprintf("VM %s has ended", name);

    row_put_text(&row, "name", name);
    cli->output.class->done(&cli->output, &row, sentence);
    row_destroy(&row);
    free(sentence);
}

struct error *
vm_run(struct cli *cli)
{
    const char *word = cli->given.arguments[0];
    struct guest *guest = xzalloc(sizeof *guest);   /* a signal's hook looks at it until the program ends */
    struct error *error;

    guest->cli = cli;
    guest->name = word ? xstrdup(word) : some_name();
    fatal_signal_add_hook(signalled, NULL, guest, false);
    error = cli_xapi(cli, &guest->xapi);
    error = error ? error : vm_guest_create(cli, guest->xapi, guest->name, &guest->ref);
    if (!error) {
        error = run_guest(guest);

        struct error *left = remove_guest(guest);
        if (error) {
            error_free(left);
        } else {
            error = left;
        }
    }
    if (!error) {
        show_end(cli, guest->name);
    }
    return error;
}
