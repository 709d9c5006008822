/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "domain/accelerator.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <openvswitch/poll-loop.h>
#include <openvswitch/vlog.h>
#include <svec.h>
#include <timeval.h>
#include <util.h>

#include "base/error.h"

VLOG_DEFINE_THIS_MODULE(accelerator);

enum { TRIAL_MS = 5000 };

void
accelerator_init(struct accelerator *accelerator, const char *name)
{
    *accelerator = (struct accelerator) { .trial = PROC_NONE, .deadline = LLONG_MAX };
    if (name) {
        accelerator->kind = strcmp(name, "kvm") ? ACCELERATOR_TCG : ACCELERATOR_KVM;
    }
}

void
accelerator_uninit(struct accelerator *accelerator)
{
    if (accelerator->trial.fd >= 0) {
        proc_signal(&accelerator->trial, SIGKILL);
    }
    proc_close(&accelerator->trial);
}

static void
decide(struct accelerator *accelerator, enum accelerator_kind kind, const char *why)
{
    accelerator->kind = kind;
    accelerator->deadline = LLONG_MAX;
    VLOG_INFO("QEMU's guests run under %s: %s", kind == ACCELERATOR_KVM ? "KVM" : "TCG", why);
}

/* A machine that is stopped from the beginning and told to quit at once. By then QEMU has made its processor and set all its registers. */
static struct error *
begin_trial(struct accelerator *accelerator, const struct svec *launch, int commands, int nowhere)
{
    static const char *const words[] = {
        "-machine", "q35", "-accel", "kvm", "-cpu", "host", "-m", "16", "-nodefaults", "-no-user-config", "-display", "none", "-S",
        "-monitor", "stdio",
    };
    struct svec argv;

    svec_clone(&argv, launch);
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        svec_add(&argv, words[i]);
    }
    svec_terminate(&argv);
    struct error *error = proc_begin(&(struct proc_start) {
        .argv = (const char *const *) argv.names, .input = commands, .output = nowhere,
    }, &accelerator->trial);
    svec_destroy(&argv);
    return error;
}

void
accelerator_try(struct accelerator *accelerator, const struct svec *launch)
{
    static const char commands_text[] = "quit\n";

    if (accelerator->kind != ACCELERATOR_UNKNOWN || accelerator->trial.fd >= 0) {
        return;
    }
    if (access("/dev/kvm", F_OK)) {
        decide(accelerator, ACCELERATOR_TCG, "there is no /dev/kvm");
        return;
    }
    int commands = memfd_create("commands", MFD_CLOEXEC), nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    ignore(pwrite(commands, commands_text, sizeof commands_text - 1, 0) > 0);
    struct error *error = begin_trial(accelerator, launch, commands, nowhere);
    close(commands);
    close(nowhere);
    if (error) {
        decide(accelerator, ACCELERATOR_TCG, error->text);
        error_free(error);
    } else {
        accelerator->deadline = time_msec() + TRIAL_MS;
    }
}

enum accelerator_kind
accelerator_run(struct accelerator *accelerator)
{
    int status;

    if (accelerator->trial.fd < 0) {
        return accelerator->kind;
    }
    if (time_msec() >= accelerator->deadline) {
        proc_signal(&accelerator->trial, SIGKILL);
        accelerator->deadline = LLONG_MAX;
    }
    if (proc_has_ended(&accelerator->trial, &status)) {
        char *words = proc_end_in_words(status);

        proc_close(&accelerator->trial);
        decide(accelerator, status ? ACCELERATOR_TCG : ACCELERATOR_KVM, status ? words : "QEMU can be begun with it");
        free(words);
    }
    return accelerator->kind;
}

void
accelerator_wait(const struct accelerator *accelerator)
{
    if (accelerator->trial.fd >= 0) {
        proc_wait(&accelerator->trial);
        poll_timer_wait_until(accelerator->deadline);
    }
}
