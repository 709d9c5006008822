/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "source/pool_report.h"

#include <stdint.h>
#include <string.h>

#include "pool/idl.h"
#include "source/source.h"
#include "vif/times.h"

bool
pool_report_is_written(const struct poolrec_vif *row, const struct source_report *report)
{
    int64_t ofport = row->n_ofport ? row->ofport[0] : 0;

    return !strcmp(row->wire_state, report->state) && !strcmp(row->wire_error, report->error) && ofport == report->ofport
           && !strcmp(row->wire_policy, report->policy) && report->link_is_up == !!row->n_wired_since;
}

static void
write_times(const struct ovsdb_idl *idl, const struct poolrec_vif *row, const struct vif_times *times)
{
    const char *names[VIF_N_STAGES];
    int64_t us[VIF_N_STAGES];

    if (poolrec_server_has_vif_table_col_wire_times(idl)) {
        poolrec_vif_set_wire_times(row, names, us, vif_times_list(times, names, us));
    }
}

void
pool_report_write(const struct ovsdb_idl *idl, const struct poolrec_vif *row, const struct source_report *report, long long int now)
{
    const int64_t ofport = report->ofport, since = now;

    poolrec_vif_set_wire_state(row, report->state);
    if (strcmp(row->wire_error, report->error)) {
        poolrec_vif_set_wire_error(row, report->error);
    }
    poolrec_vif_set_wire_policy(row, report->policy);
    poolrec_vif_set_ofport(row, &ofport, ofport ? 1 : 0);
    if (report->link_is_up != !!row->n_wired_since) {
        poolrec_vif_set_wired_since(row, &since, report->link_is_up ? 1 : 0);
    }
    if (report->times) {
        write_times(idl, row, report->times);
    }
}
