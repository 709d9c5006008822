/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "verbs/verb.h"
#include "verbs/vm_plan.h"

/* Short words for the table below. */
#define R(RECORD) VM_PLAN_##RECORD
#define D(DOMAIN) VM_PLAN_DOMAIN_##DOMAIN
#define V(VERB) VM_PLAN_VERB_##VERB
#define S(STAGE) VM_PLAN_##STAGE
#define LATE .now = 2000
#define ATTACHED .is_attached = true
#define ASKED(STEP) .asked = VM_PLAN_##STEP
#define SEEN(RECORD, DOMAIN, ...) { .record = R(RECORD), .domain = D(DOMAIN), .vm = "V", .since = 0, .until = 1000, __VA_ARGS__ }

static const struct vm_plan_vif ready[] = { { "vif1.0", VM_PLAN_WIRE_READY, "" } };
static const struct vm_plan_vif pending[] = { { "vif1.0", VM_PLAN_WIRE_READY, "" }, { "vif1.1", VM_PLAN_WIRE_PENDING, "" } };
static const struct vm_plan_vif failed[] = {
    { "vif1.0", VM_PLAN_WIRE_PENDING, NULL }, { "vif1.1", VM_PLAN_WIRE_FAILED, "bridge br7 does not exist" },
};
static const struct vm_plan_vif speechless[] = { { "vif1.0", VM_PLAN_WIRE_FAILED, NULL } };
#define VIFS(LIST) .vifs = LIST, .n_vifs = ARRAY_SIZE(LIST)

static const struct {
    struct vm_plan_seen seen;
    const char *plan;           /* as show() writes it */
} cases[] = {
    /* A start, step by step. */
    { SEEN(HALTED, NONE, .verb = V(START)), "attach" },
    { SEEN(HALTED, GONE, .verb = V(START)), "forget" },
    { SEEN(HALTED, NONE, .verb = V(START), ATTACHED), "build" },
    { SEEN(HALTED, BUILDING, .verb = V(START), ATTACHED), "wait" },
    { SEEN(HALTED, PAUSED, .verb = V(START), ATTACHED, VIFS(pending)), "wait" },
    { SEEN(HALTED, PAUSED, .verb = V(START), ATTACHED, VIFS(ready)), "unpause" },
    { SEEN(HALTED, PAUSED, .verb = V(START), ATTACHED), "unpause" },
    { SEEN(HALTED, PAUSED, .verb = V(START), ATTACHED, VIFS(ready), ASKED(UNPAUSE)), "wait" },
    { SEEN(HALTED, RUNNING, .verb = V(START), ATTACHED, VIFS(ready)), "settle running, done" },
    { SEEN(HALTED, RUNNING, .verb = V(START), ATTACHED, VIFS(failed)), "settle running, done" },
    { SEEN(HALTED, STOPPED, .verb = V(START), ATTACHED), "settle running, done" },
    { SEEN(HALTED, PAUSED, .verb = V(START_PAUSED), ATTACHED, VIFS(pending)), "wait" },
    { SEEN(HALTED, PAUSED, .verb = V(START_PAUSED), ATTACHED, VIFS(ready)), "settle paused, done" },

    /* What another process began is finished if there is a domain. */
    { SEEN(HALTED, NONE, .verb = V(START), .is_taken_over = true),
      "mark undo INTERNAL_ERROR whoever began to start the VM ended before its domain was there" },
    { SEEN(HALTED, NONE, .verb = V(START), ATTACHED, .is_taken_over = true),
      "mark undo INTERNAL_ERROR whoever began to start the VM ended before its domain was there" },
    { SEEN(HALTED, BUILDING, .verb = V(START), ATTACHED, .is_taken_over = true), "wait" },
    { SEEN(HALTED, PAUSED, .verb = V(START), ATTACHED, .is_taken_over = true, VIFS(ready)), "unpause" },
    { SEEN(HALTED, RUNNING, .verb = V(START), ATTACHED, .is_taken_over = true), "settle running, done" },

    /* Why a start fails. */
    { SEEN(HALTED, NONE, .verb = V(START), ATTACHED, .domain_error = "no such kernel"), "mark undo INTERNAL_ERROR no such kernel" },
    { SEEN(HALTED, GONE, .verb = V(START), ATTACHED, .domain_error = "qemu: bad option"), "mark undo INTERNAL_ERROR qemu: bad option" },
    { SEEN(HALTED, GONE, .verb = V(START), ATTACHED), "mark undo INTERNAL_ERROR the domain is gone" },
    { SEEN(HALTED, NONE, .verb = V(START), LATE), "mark undo INTERNAL_ERROR the VM's domain was not begun in time" },
    { SEEN(HALTED, BUILDING, .verb = V(START), ATTACHED, LATE), "mark undo INTERNAL_ERROR the domain was not built in time" },
    { SEEN(HALTED, PAUSED, .verb = V(START), ATTACHED, VIFS(failed)),
      "mark undo INTERNAL_ERROR VIF vif1.1 is not wired: bridge br7 does not exist" },
    { SEEN(HALTED, PAUSED, .verb = V(START), ATTACHED, VIFS(speechless)),
      "mark undo INTERNAL_ERROR VIF vif1.0 is not wired: the agent has not said why" },
    { SEEN(HALTED, PAUSED, .verb = V(START), ATTACHED, VIFS(pending), LATE),
      "mark undo INTERNAL_ERROR VIF vif1.1 is not wired: the agent has not said why" },
    { SEEN(HALTED, PAUSED, .verb = V(START), ATTACHED, VIFS(ready), LATE), "unpause" },
    { SEEN(HALTED, PAUSED, .verb = V(START), ATTACHED, VIFS(ready), LATE, ASKED(UNPAUSE)),
      "mark undo INTERNAL_ERROR the domain cannot be unpaused" },

    /* It is taken back, from wherever it was. */
    { SEEN(HALTED, NONE, .verb = V(START), .stage = S(UNDO)), "settle halted, failed" },
    { SEEN(HALTED, GONE, .verb = V(START), .stage = S(UNDO), ATTACHED), "settle halted, failed" },
    { SEEN(HALTED, BUILDING, .verb = V(START), .stage = S(UNDO), ATTACHED), "destroy" },
    { SEEN(HALTED, PAUSED, .verb = V(START), .stage = S(UNDO), ATTACHED, VIFS(ready)), "destroy" },
    { SEEN(HALTED, PAUSED, .verb = V(START), .stage = S(UNDO), ATTACHED, ASKED(UNPAUSE)), "destroy" },
    { SEEN(HALTED, PAUSED, .verb = V(START), .stage = S(UNDO), ATTACHED, ASKED(DESTROY)), "wait" },
    { SEEN(HALTED, RUNNING, .verb = V(START), .stage = S(UNDO), ATTACHED), "destroy" },

    /* Pausing. */
    { SEEN(RUNNING, RUNNING, .verb = V(PAUSE), ATTACHED), "pause" },
    { SEEN(RUNNING, RUNNING, .verb = V(PAUSE), ATTACHED, ASKED(PAUSE)), "wait" },
    { SEEN(RUNNING, PAUSED, .verb = V(PAUSE), ATTACHED), "settle paused, done" },
    { SEEN(RUNNING, STOPPED, .verb = V(PAUSE), ATTACHED), "mark undo INTERNAL_ERROR the guest has ended" },
    { SEEN(RUNNING, GONE, .verb = V(PAUSE), ATTACHED), "mark undo INTERNAL_ERROR the domain is gone" },
    { SEEN(RUNNING, RUNNING, .verb = V(PAUSE), ATTACHED, LATE), "mark undo INTERNAL_ERROR the domain does not answer" },
    { SEEN(RUNNING, RUNNING, .verb = V(PAUSE), .stage = S(UNDO), ATTACHED), "settle running, failed" },
    { SEEN(RUNNING, GONE, .verb = V(PAUSE), .stage = S(UNDO), ATTACHED), "settle halted, failed" },
    { SEEN(RUNNING, BUILDING, .verb = V(PAUSE), .stage = S(UNDO), ATTACHED), "wait" },
    { SEEN(PAUSED, PAUSED, .verb = V(UNPAUSE), ATTACHED), "unpause" },
    { SEEN(PAUSED, RUNNING, .verb = V(UNPAUSE), ATTACHED), "settle running, done" },
    { SEEN(PAUSED, CRASHED, .verb = V(UNPAUSE), ATTACHED), "settle running, done" },
    { SEEN(PAUSED, PAUSED, .verb = V(UNPAUSE), ATTACHED, LATE, .domain_error = "it broke"), "mark undo INTERNAL_ERROR it broke" },
    { SEEN(PAUSED, PAUSED, .verb = V(UNPAUSE), .stage = S(UNDO), ATTACHED), "settle paused, failed" },

    /* Shutting down. */
    { SEEN(RUNNING, RUNNING, .verb = V(CLEAN_SHUTDOWN), ATTACHED), "press, then pressed" },
    { SEEN(RUNNING, RUNNING, .verb = V(CLEAN_SHUTDOWN), ATTACHED, ASKED(PRESS)), "mark pressed" },
    { SEEN(RUNNING, RUNNING, .verb = V(CLEAN_SHUTDOWN), .stage = S(PRESSED), ATTACHED), "wait" },
    { SEEN(RUNNING, STOPPED, .verb = V(CLEAN_SHUTDOWN), .stage = S(PRESSED), ATTACHED), "destroy" },
    { SEEN(RUNNING, CRASHED, .verb = V(CLEAN_SHUTDOWN), .stage = S(PRESSED), ATTACHED), "destroy" },
    { SEEN(RUNNING, GONE, .verb = V(CLEAN_SHUTDOWN), .stage = S(PRESSED), ATTACHED), "settle halted, done" },
    { SEEN(RUNNING, NONE, .verb = V(CLEAN_SHUTDOWN), ATTACHED), "settle halted, done" },
    { SEEN(RUNNING, RUNNING, .verb = V(CLEAN_SHUTDOWN), .stage = S(PRESSED), ATTACHED, LATE), "mark undo VM_SHUTDOWN_TIMEOUT V 1" },
    { SEEN(RUNNING, RUNNING, .verb = V(CLEAN_SHUTDOWN), .stage = S(UNDO), ATTACHED), "settle running, failed" },
    { SEEN(RUNNING, STOPPED, .verb = V(CLEAN_SHUTDOWN), .stage = S(UNDO), ATTACHED), "settle running, failed" },
    { SEEN(RUNNING, RUNNING, .verb = V(SHUTDOWN), ATTACHED), "press, then pressed" },
    { SEEN(RUNNING, RUNNING, .verb = V(SHUTDOWN), .stage = S(PRESSED), ATTACHED), "wait" },
    { SEEN(RUNNING, RUNNING, .verb = V(SHUTDOWN), .stage = S(PRESSED), ATTACHED, LATE), "destroy" },
    { SEEN(PAUSED, PAUSED, .verb = V(SHUTDOWN), ATTACHED), "destroy" },
    { SEEN(SUSPENDED, NONE, .verb = V(SHUTDOWN)), "settle halted, done" },
    { SEEN(RUNNING, RUNNING, .verb = V(HARD_SHUTDOWN), ATTACHED), "destroy" },
    { SEEN(RUNNING, RUNNING, .verb = V(HARD_SHUTDOWN), ATTACHED, LATE), "destroy" },
    { SEEN(RUNNING, RUNNING, .verb = V(HARD_SHUTDOWN), ATTACHED, ASKED(DESTROY)), "wait" },
    { SEEN(PAUSED, BUILDING, .verb = V(HARD_SHUTDOWN), ATTACHED), "destroy" },
    { SEEN(RUNNING, GONE, .verb = V(HARD_SHUTDOWN), ATTACHED), "settle halted, done" },
    { SEEN(RUNNING, GONE, .verb = V(HARD_SHUTDOWN), .stage = S(UNDO), ATTACHED), "settle halted, done" },

    /* Beginning anew. */
    { SEEN(RUNNING, RUNNING, .verb = V(CLEAN_REBOOT), ATTACHED), "press, then pressed" },
    { SEEN(RUNNING, RUNNING, .verb = V(CLEAN_REBOOT), .stage = S(PRESSED), ATTACHED), "wait" },
    { SEEN(RUNNING, STOPPED, .verb = V(CLEAN_REBOOT), .stage = S(PRESSED), ATTACHED), "mark restarting" },
    { SEEN(RUNNING, REBOOTING, .verb = V(CLEAN_REBOOT), ATTACHED), "mark restarting" },
    { SEEN(RUNNING, STOPPED, .verb = V(CLEAN_REBOOT), .stage = S(RESTARTING), ATTACHED), "reset, then restarting" },
    { SEEN(RUNNING, STOPPED, .verb = V(CLEAN_REBOOT), .stage = S(RESTARTING), ATTACHED, ASKED(RESET)), "wait" },
    { SEEN(RUNNING, RUNNING, .verb = V(CLEAN_REBOOT), .stage = S(RESTARTING), ATTACHED), "settle running, done" },
    { SEEN(RUNNING, RUNNING, .verb = V(CLEAN_REBOOT), .stage = S(RESTARTING), ATTACHED, LATE), "settle running, done" },
    { SEEN(RUNNING, RUNNING, .verb = V(CLEAN_REBOOT), .stage = S(PRESSED), ATTACHED, LATE), "mark undo VM_SHUTDOWN_TIMEOUT V 1" },
    { SEEN(RUNNING, STOPPED, .verb = V(CLEAN_REBOOT), .stage = S(RESTARTING), ATTACHED, LATE),
      "mark undo INTERNAL_ERROR the guest does not begin anew" },
    { SEEN(RUNNING, GONE, .verb = V(CLEAN_REBOOT), .stage = S(PRESSED), ATTACHED), "mark undo INTERNAL_ERROR the domain is gone" },
    { SEEN(RUNNING, RUNNING, .verb = V(HARD_REBOOT), ATTACHED), "reset, then restarting" },
    { SEEN(RUNNING, RUNNING, .verb = V(HARD_REBOOT), ATTACHED, ASKED(RESET)), "mark restarting" },
    { SEEN(RUNNING, RUNNING, .verb = V(HARD_REBOOT), .stage = S(RESTARTING), ATTACHED), "settle running, done" },
    { SEEN(PAUSED, PAUSED, .verb = V(HARD_REBOOT), ATTACHED), "reset, then restarting" },
    { SEEN(PAUSED, PAUSED, .verb = V(HARD_REBOOT), .stage = S(RESTARTING), ATTACHED), "unpause" },
    { SEEN(RUNNING, RUNNING, .verb = V(HARD_REBOOT), ATTACHED, LATE), "mark undo INTERNAL_ERROR the domain does not answer" },

    /* At rest. */
    { SEEN(HALTED, NONE), "rest" },
    { SEEN(SUSPENDED, NONE), "rest" },
    { SEEN(RUNNING, RUNNING, ATTACHED), "rest" },
    { SEEN(PAUSED, PAUSED, ATTACHED), "rest" },
    { SEEN(HALTED, GONE), "forget" },
    { SEEN(HALTED, NONE, ATTACHED), "settle halted, done" },
    { SEEN(RUNNING, NONE, ATTACHED), "settle halted, done" },
    { SEEN(PAUSED, GONE, ATTACHED), "settle halted, done" },
    { SEEN(RUNNING, PAUSED, ATTACHED), "settle paused, done" },
    { SEEN(PAUSED, RUNNING, ATTACHED), "settle running, done" },
    { SEEN(HALTED, RUNNING), "settle running, done" },                  /* the database is one of an earlier day */
    { SEEN(HALTED, PAUSED), "settle paused, done" },
    { SEEN(HALTED, PAUSED, ATTACHED), "destroy" },                      /* somebody broke its start off */
    { SEEN(HALTED, BUILDING, ATTACHED), "destroy" },
    { SEEN(RUNNING, RUNNING), "settle running, done" },
    { SEEN(RUNNING, BUILDING, ATTACHED), "wait" },

    /* Guests that end by themselves. */
    { SEEN(RUNNING, STOPPED, ATTACHED, .after_shutdown = VM_PLAN_DESTROYS), "destroy" },
    { SEEN(RUNNING, STOPPED, ATTACHED, .after_shutdown = VM_PLAN_RESTARTS), "reset" },
    { SEEN(RUNNING, STOPPED, ATTACHED, .after_shutdown = VM_PLAN_RESTARTS, ASKED(RESET)), "wait" },
    { SEEN(RUNNING, REBOOTING, ATTACHED, .after_reboot = VM_PLAN_RESTARTS), "reset" },
    { SEEN(RUNNING, REBOOTING, ATTACHED, .after_reboot = VM_PLAN_DESTROYS), "destroy" },
    { SEEN(RUNNING, CRASHED, ATTACHED, .after_crash = VM_PLAN_PRESERVES), "rest" },
    { SEEN(RUNNING, CRASHED, ATTACHED, .after_crash = VM_PLAN_RESTARTS), "reset" },
    { SEEN(RUNNING, CRASHED, ATTACHED, .after_crash = VM_PLAN_DESTROYS), "destroy" },
    { SEEN(HALTED, STOPPED, .after_shutdown = VM_PLAN_RESTARTS), "destroy" },

    /* No row, or another host's. */
    { SEEN(ABSENT, NONE), "rest" },
    { SEEN(ABSENT, GONE), "forget" },
    { SEEN(ABSENT, RUNNING), "destroy" },
    { SEEN(ABSENT, RUNNING, .verb = V(START)), "destroy" },
    { SEEN(ABSENT, NONE, .verb = V(START)), "settle absent, failed" },
};

static void
show_failure(const struct xenapi_reply *failure, struct ds *s)
{
    for (size_t i = 0; i < failure->value.set.n; i++) {
        ds_put_format(s, " %s", failure->value.set.elements[i].string);
    }
}

static char *
show(const struct vm_plan *plan)
{
    static const char *const steps[] = {
        [VM_PLAN_REST] = "rest", [VM_PLAN_WAIT] = "wait", [VM_PLAN_ATTACH] = "attach", [VM_PLAN_BUILD] = "build",
        [VM_PLAN_UNPAUSE] = "unpause", [VM_PLAN_PAUSE] = "pause", [VM_PLAN_PRESS] = "press", [VM_PLAN_RESET] = "reset",
        [VM_PLAN_DESTROY] = "destroy", [VM_PLAN_MARK] = "mark", [VM_PLAN_SETTLE] = "settle", [VM_PLAN_FORGET] = "forget",
    };
    static const char *const records[] = {
        [VM_PLAN_ABSENT] = "absent", [VM_PLAN_HALTED] = "halted", [VM_PLAN_PAUSED] = "paused", [VM_PLAN_RUNNING] = "running",
    };
    struct ds s = DS_EMPTY_INITIALIZER;

    ds_put_cstr(&s, steps[plan->step]);
    if (plan->step == VM_PLAN_SETTLE) {
        ds_put_format(&s, " %s, %s", records[plan->record], plan->succeeds ? "done" : "failed");
    } else if (plan->step == VM_PLAN_MARK) {
        ds_put_format(&s, " %s", vm_plan_stage_name(plan->stage));
    }
    if (plan->has_failure) {
        show_failure(&plan->failure, &s);
    }
    return ds_steal_cstr(&s);
}

static void
each_state_has_its_step(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct vm_plan_seen seen = cases[i].seen;

        seen.asked = seen.asked ? seen.asked : VM_PLAN_WAIT;
        struct vm_plan plan = vm_plan_make(&seen);
        char *text = show(&plan), *wanted = xstrdup(cases[i].plan), *then = strstr(wanted, ", then ");

        if (then) {
            assert_string_equal(vm_plan_stage_name(plan.stage), then + strlen(", then "));
            *then = '\0';
        }
        if (strcmp(text, wanted)) {
            fail_msg("case %zu: \"%s\" instead of \"%s\"", i, text, wanted);
        }
        assert_true(plan.reason && *plan.reason);
        free(text);
        free(wanted);
        vm_plan_destroy(&plan);
    }
}

static void
stages_are_written_and_read(void **state)
{
    for (enum vm_plan_stage stage = VM_PLAN_BEGUN; stage <= VM_PLAN_UNDO; stage++) {
        assert_int_equal(vm_plan_stage_of(vm_plan_stage_name(stage)), stage);
    }
    assert_string_equal(vm_plan_stage_name(VM_PLAN_BEGUN), "");
    assert_int_equal(vm_plan_stage_of("of a later version"), VM_PLAN_BEGUN);
}

static void
verbs_of_a_vms_life_have_a_plan(void **state)
{
    static const struct {
        const char *method;
        bool start_paused;
        enum vm_plan_verb verb;
    } methods[] = {
        { "VM.start", false, V(START) },
        { "VM.start", true, V(START_PAUSED) },
        { "VM.start_on", true, V(START_PAUSED) },
        { "VM.pause", true, V(PAUSE) },
        { "VM.unpause", false, V(UNPAUSE) },
        { "VM.clean_shutdown", false, V(CLEAN_SHUTDOWN) },
        { "VM.hard_shutdown", false, V(HARD_SHUTDOWN) },
        { "VM.shutdown", false, V(SHUTDOWN) },
        { "VM.clean_reboot", false, V(CLEAN_REBOOT) },
        { "VM.hard_reboot", false, V(HARD_REBOOT) },
        { "VM.destroy", false, V(NONE) },
        { "VIF.plug", false, V(NONE) },
    };

    for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
        assert_non_null(verb_find(methods[i].method));
        assert_int_equal(vm_plan_verb_of(methods[i].method, methods[i].start_paused), methods[i].verb);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_state_has_its_step),
        cmocka_unit_test(stages_are_written_and_read),
        cmocka_unit_test(verbs_of_a_vms_life_have_a_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
