/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "source/pool_report.h"

#include <stdint.h>
#include <string.h>

#include "pool/idl.h"
#include "source/source.h"

bool
pool_report_is_written(const struct poolrec_vif *row, const struct source_report *report)
{
    int64_t ofport = row->n_ofport ? row->ofport[0] : 0;

    return !strcmp(row->wire_state, report->state) && !strcmp(row->wire_error, report->error) && ofport == report->ofport
           && !strcmp(row->wire_policy, report->policy) && report->link_is_up == !!row->n_wired_since;
}

void
pool_report_write(const struct poolrec_vif *row, const struct source_report *report, long long int now)
{
    const int64_t ofport = report->ofport, since = now;

    poolrec_vif_set_wire_state(row, report->state);
    poolrec_vif_set_wire_error(row, report->error);
    poolrec_vif_set_wire_policy(row, report->policy);
    poolrec_vif_set_ofport(row, &ofport, ofport ? 1 : 0);
    if (report->link_is_up != !!row->n_wired_since) {
        poolrec_vif_set_wired_since(row, &since, report->link_is_up ? 1 : 0);
    }
}
