/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/former.h"

#include <smap.h>
#include <svec.h>
#include <util.h>

#include "switch/idl.h"

static const char was_fail_mode[] = "cabled-was-fail-mode";
static const char was_in_band[] = "cabled-was-in-band";
static const char was_protocols[] = "cabled-was-protocols";
static const char in_band[] = "disable-in-band";

bool
former_is_known(const struct switchrec_bridge *row)
{
    return smap_get(&row->external_ids, was_fail_mode) != NULL;
}

static void
note(const struct switchrec_bridge *row, const char *fail_mode, const char *disable_in_band, const char *protocols)
{
    switchrec_bridge_update_external_ids_setkey(row, was_fail_mode, fail_mode);
    switchrec_bridge_update_external_ids_setkey(row, was_in_band, disable_in_band);
    switchrec_bridge_update_external_ids_setkey(row, was_protocols, protocols);
}

void
former_note(const struct switchrec_bridge *row)
{
    struct svec protocols = SVEC_EMPTY_INITIALIZER;
    char *joined;

    if (former_is_known(row) || smap_get(&row->external_ids, "cabled-network")) {
        return;
    }
    for (size_t i = 0; i < row->n_protocols; i++) {
        svec_add(&protocols, row->protocols[i]);
    }
    joined = svec_join(&protocols, " ", "");
    note(row, row->fail_mode ? row->fail_mode : "", smap_get_def(&row->other_config, in_band, ""), joined);
    free(joined);
    svec_destroy(&protocols);
}

void
former_note_defaults(const struct switchrec_bridge *row)
{
    if (!former_is_known(row)) {
        note(row, "", "", "");
    }
}

void
former_restore_mode(const struct switchrec_bridge *row)
{
    const char *fail_mode = smap_get_def(&row->external_ids, was_fail_mode, "");
    const char *disable_in_band = smap_get_def(&row->external_ids, was_in_band, "");

    if (!former_is_known(row)) {
        return;
    }
    switchrec_bridge_set_fail_mode(row, *fail_mode ? fail_mode : NULL);
    if (*disable_in_band) {
        switchrec_bridge_update_other_config_setkey(row, in_band, disable_in_band);
    } else {
        switchrec_bridge_update_other_config_delkey(row, in_band);
    }
}

void
former_restore_protocols(const struct switchrec_bridge *row)
{
    struct svec protocols = SVEC_EMPTY_INITIALIZER;

    if (former_is_known(row)) {
        svec_parse_words(&protocols, smap_get_def(&row->external_ids, was_protocols, ""));
        switchrec_bridge_set_protocols(row, (const char **) protocols.names, protocols.n);
        svec_destroy(&protocols);
    }
}

void
former_forget(const struct switchrec_bridge *row)
{
    switchrec_bridge_update_external_ids_delkey(row, was_fail_mode);
    switchrec_bridge_update_external_ids_delkey(row, was_in_band);
    switchrec_bridge_update_external_ids_delkey(row, was_protocols);
}
