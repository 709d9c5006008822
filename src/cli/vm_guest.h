/* SPDX-License-Identifier: Apache-2.0
 *
 * Steps of the life of a VM by cabled-xapi, which the commands of `cable vm` are made of.
 */
#ifndef CLI_VM_GUEST_H
#define CLI_VM_GUEST_H

#include <stdbool.h>

struct cli;
struct error;
struct xapi;
struct xenapi_value;

/* Makes the VM that the command's options describe, with its VIFs and disks; nothing of it stays if that fails. '*ref' is the caller's. */
struct error *vm_guest_create(struct cli *, struct xapi *, const char *name, char **ref);

/* VM.start: returns when its VIFs are wired and it runs, or is paused. */
struct error *vm_guest_start(struct cli *, struct xapi *, const char *ref, const char *name, bool paused);

/* Switches it off if it is on, and removes it with its VIFs and the disks that were made for it. */
struct error *vm_guest_remove(struct cli *, struct xapi *, const char *ref, const char *name);

/* Where its console is, a unix socket on its host; the caller's. */
char *vm_guest_console(const struct xenapi_value *record);

enum vm_console_end { VM_CONSOLE_GONE, VM_CONSOLE_LEFT };

/* Connects standard input and output to the console at 'path' until the guest is gone, or Ctrl-] is typed: '*end' says which. A terminal is put into raw mode
 * meanwhile. */
struct error *vm_guest_attach(const char *path, enum vm_console_end *end);

/* The calls that take as long as a guest does. */
long long int vm_guest_timeout(const struct cli *);

#endif
