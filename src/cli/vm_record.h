/* SPDX-License-Identifier: Apache-2.0
 *
 * VMs of a XenAPI server as rows.
 */
#ifndef CLI_VM_RECORD_H
#define CLI_VM_RECORD_H

struct error;
struct row;
struct xapi;
struct xenapi_value;

/* What a command that has changed a VM tells of it: name, uuid, power_state. */
void vm_record_brief(const struct xenapi_value *record, struct row *row);

/* Everything that is known about it, its VIFs and disks included. */
struct error *vm_record_whole(struct xapi *, const struct xenapi_value *record, struct row *row);

#endif
