/* SPDX-License-Identifier: Apache-2.0
 *
 * What the commands of the table do. Each returns NULL or why it was refused or failed.
 */
#ifndef CLI_NOUNS_H
#define CLI_NOUNS_H

struct cli;
struct error;

struct error *network_create(struct cli *);
struct error *network_set(struct cli *);
struct error *network_list(struct cli *);
struct error *network_show(struct cli *);
struct error *network_destroy(struct cli *);

struct error *vif_create(struct cli *);
struct error *vif_set(struct cli *);
struct error *vif_list(struct cli *);
struct error *vif_show(struct cli *);
struct error *vif_destroy(struct cli *);
struct error *vif_plug(struct cli *);
struct error *vif_unplug(struct cli *);
struct error *vif_wait(struct cli *);

struct error *host_list(struct cli *);
struct error *host_status(struct cli *);
struct error *host_guard(struct cli *);
struct error *host_unguard(struct cli *);
struct error *host_takeover(struct cli *);
struct error *vm_list(struct cli *);
struct error *vm_destroy(struct cli *);
struct error *vm_create(struct cli *);
struct error *vm_start(struct cli *);
struct error *vm_shutdown(struct cli *);
struct error *vm_reboot(struct cli *);
struct error *vm_pause(struct cli *);
struct error *vm_unpause(struct cli *);
struct error *vm_show(struct cli *);
struct error *vm_console(struct cli *);
struct error *vm_run(struct cli *);
struct error *timeline_show(struct cli *);

struct error *status_show(struct cli *);
struct error *rules_list(struct cli *);
struct error *rules_compile(struct cli *);
struct error *watch_run(struct cli *);

struct error *help_show(struct cli *);
struct error *version_show(struct cli *);
struct error *completion_show(struct cli *);
struct error *completion_run(struct cli *);

#endif
