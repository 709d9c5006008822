/* SPDX-License-Identifier: Apache-2.0
 *
 * cable vm start, shutdown, reboot, pause, unpause: VMs that cabled-xapi runs.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "cli/cli.h"
#include "cli/nouns.h"
#include "cli/rows.h"
#include "cli/vm_disks.h"
#include "cli/vm_guest.h"
#include "cli/vm_record.h"
#include "cli/xapi.h"
#include "cli/xapi_objects.h"
#include "cli/xapi_task.h"

/* A guest that is asked may take its time; nobody waits for ever. */
enum { LIFE_MS = 300 * 1000 };

long long int
vm_guest_timeout(const struct cli *cli)
{
    return cli_timeout(cli, LIFE_MS);
}

/* What is done with a VM, in one call. */
struct act {
    const char *method, *forced_method; /* forced_method NULL: there is none */
    const char *doing, *done;           /* "starting", "started" */
    bool says_paused;                   /* the method has VM.start's parameters */
};

static struct xenapi_value
params_of(const struct act *act, const char *ref, bool paused)
{
    struct xenapi_value params = xapi_params();

    xenapi_set_add(&params, xenapi_string(ref));
    if (act->says_paused) {
        xenapi_set_add(&params, xenapi_bool(paused));
        xenapi_set_add(&params, xenapi_bool(false));
    }
    return params;
}

static struct error *
carry_out(struct cli *cli, struct xapi *xapi, const struct act *act, const char *ref, const char *name, bool flag)
{
    const char *method = flag && act->forced_method ? act->forced_method : act->method;
    char *doing = xasprintf("%s VM %s", act->doing, quote(name).text);
    struct error *error = xapi_run(xapi, method, params_of(act, ref, flag), doing, vm_guest_timeout(cli));

    free(doing);
    return error ? error_prefix(error, "VM %s", quote(name).text) : NULL;
}

static struct error *
show_done(struct cli *cli, struct xapi *xapi, const char *ref, const char *done)
{
    struct row row = ROW_INITIALIZER;
    struct xenapi_value record;
    struct error *error = xapi_record(xapi, "VM", ref, &record);

    if (!error) {
        char *sentence = xasprintf("VM %s %s", xapi_text(&record, "name_label"), done);

        vm_record_brief(&record, &row);
        cli->output.class->done(&cli->output, &row, sentence);
        row_destroy(&row);
        free(sentence);
        xenapi_value_destroy(&record);
    }
    return error;
}

/* 'flag' is --force or --paused. */
static struct error *
act_on_vm(struct cli *cli, const struct act *act, bool flag)
{
    const char *word = cli->given.arguments[0];
    struct xapi *xapi;
    char *ref = NULL;
    struct error *error = cli_xapi(cli, &xapi);

    error = error ? error : xapi_find(xapi, "VM", word, &ref);
    error = error ? error : carry_out(cli, xapi, act, ref, word, flag);
    error = error ? error : show_done(cli, xapi, ref, act->done);
    free(ref);
    return error;
}

static const struct act start = { "VM.start", NULL, "starting", "started", .says_paused = true };

struct error *
vm_guest_start(struct cli *cli, struct xapi *xapi, const char *ref, const char *name, bool paused)
{
    return carry_out(cli, xapi, &start, ref, name, paused);
}

struct error *
vm_start(struct cli *cli)
{
    static const struct act paused = { "VM.start", NULL, "starting", "started, paused", .says_paused = true };
    const bool is_paused = given_flag(&cli->given, "paused");

    return act_on_vm(cli, is_paused ? &paused : &start, is_paused);
}

struct error *
vm_shutdown(struct cli *cli)
{
    static const struct act act = { "VM.clean_shutdown", "VM.hard_shutdown", "shutting down", "shut down" };

    return act_on_vm(cli, &act, given_flag(&cli->given, "force"));
}

struct error *
vm_reboot(struct cli *cli)
{
    static const struct act act = { "VM.clean_reboot", "VM.hard_reboot", "rebooting", "rebooted" };

    return act_on_vm(cli, &act, given_flag(&cli->given, "force"));
}

struct error *
vm_pause(struct cli *cli)
{
    static const struct act act = { "VM.pause", NULL, "pausing", "paused" };

    return act_on_vm(cli, &act, false);
}

struct error *
vm_unpause(struct cli *cli)
{
    static const struct act act = { "VM.unpause", NULL, "unpausing", "unpaused" };

    return act_on_vm(cli, &act, false);
}

static bool
is_off(struct xapi *xapi, const char *ref)
{
    struct xenapi_value state = xenapi_void();
    bool off;

    error_free(xapi_ask(xapi, "VM.get_power_state", &state, ref, NULL));
    off = state.type == XENAPI_STRING && !strcmp(state.string, "Halted");
    xenapi_value_destroy(&state);
    return off;
}

struct error *
vm_guest_remove(struct cli *cli, struct xapi *xapi, const char *ref, const char *name)
{
    static const struct act off = { "VM.hard_shutdown", NULL, "switching off", "switched off" };
    static const struct act destroy = { "VM.destroy", NULL, "destroying", "destroyed" };
    struct error *error = is_off(xapi, ref) ? NULL : carry_out(cli, xapi, &off, ref, name, false);

    /* The guest may have ended by itself a moment ago. */
    if (error && is_off(xapi, ref)) {
        error_free(error);
        error = NULL;
    }
    error = error ? error : carry_out(cli, xapi, &destroy, ref, name, false);
    return error ? error : vm_disks_remove(xapi, ref);
}
