/* SPDX-License-Identifier: Apache-2.0
 *
 * A domain's folder, RUN/<uuid of VM>/, and what stands in it, so that who comes later finds the domain:
 *
 *     domain.json     the record: backend, domid, and the process by its pid and the time when it began
 *     qmp.sock        where its process listens for the QEMU machine protocol
 *     console.sock    where it listens for a person
 *     console.log     what the guest has said there; console.log.1 is what came before
 *     process.log     what the process has said
 */
#ifndef DOMAIN_RECORD_H
#define DOMAIN_RECORD_H

#include <stdint.h>
#include <sys/types.h>

#include "domain/domain.h"

struct record {
    enum domain_backend backend;
    unsigned int domid;
    pid_t pid;                  /* 0: no process has been begun */
    uint64_t began;
};

/* The folder of 'vm', and a file in it; owned by the caller. */
char *record_folder(const char *run_folder, const struct uuid *vm);
char *record_path(const char *folder, const char *file);

/* Makes the folder, which must not be there, for root's eyes. */
struct error *record_make_folder(const char *folder);
/* Removes it with all that stands in it. */
void record_remove_folder(const char *folder);

/* Writes the record in one step: whoever reads it sees the one before or this one. */
struct error *record_write(const char *folder, const struct record *);
struct error *record_read(const char *folder, struct record *);

/* A socket that listens at 'path', and does not block; the caller's. */
struct error *record_listen(const char *path, int *fd);

/* The last line of what the process has said, or NULL; the caller's. */
char *record_last_words(const char *folder);

/* If the guest has said too much, keeps the second half of it. */
void record_trim_console(const char *folder);

#endif
