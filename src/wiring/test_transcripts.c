/* SPDX-License-Identifier: Apache-2.0
 *
 * Stories on a fake clock, told in text. In a transcript a line "> EVENT" says what happens; the indented lines after it, what the VIF
 * makes of it, are compared with what it does make of it. `test_wiring_transcripts --write FILE...` writes them anew: read the difference.
 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "wiring/test_world.h"

enum { MAX_TURNS = 20 };

static void
settle(struct world *w)
{
    bool busy = true;

    for (unsigned int i = 0; i < MAX_TURNS && busy; i++) {
        busy = world_turn(w);
        busy |= world_database_answers(w, true);
        busy |= world_switch_carries_out(w);
        for (unsigned int j = 0; j < WORLD_N_BRIDGES; j++) {
            busy |= world_switch_connects(&w->bridges[j]);
            busy |= world_switch_answers(&w->bridges[j], w, true);
        }
    }
}

static void wish_locked(struct world *w, long long int n) { world_wish(w, n, VIF_MODE_LOCKED); }
static void wish_unlocked(struct world *w, long long int n) { world_wish(w, n, VIF_MODE_UNLOCKED); }
static void wish_disabled(struct world *w, long long int n) { world_wish(w, n, VIF_MODE_DISABLED); }
static void detach(struct world *w, long long int n) { w->wish.attach = false; }
static void attach(struct world *w, long long int n) { w->wish.attach = true; }
static void withdraw(struct world *w, long long int n) { w->wanted = false; }
static void refuse_wish(struct world *w, long long int n) { w->wish.refusal = CONST_CAST(char *, "MAC 'x' is not one"); }
static void appears(struct world *w, long long int ifindex) { world_device_appears(w, ifindex); }
static void vanishes(struct world *w, long long int n) { world_device_vanishes(w); }
static void raise_link(struct world *w, long long int n) { w->device.up = true; }
static void lower_link(struct world *w, long long int n) { w->device.up = false; }
static void kernel_refuses(struct world *w, long long int n) { w->kernel_refuses = true; }
static void kernel_obeys(struct world *w, long long int n) { w->kernel_refuses = false; }
static void database_takes(struct world *w, long long int n) { world_database_answers(w, true); }
static void database_refuses(struct world *w, long long int n) { world_database_answers(w, false); }
static void carries_out(struct world *w, long long int n) { world_switch_carries_out(w); }
static void connects(struct world *w, long long int n) { world_switch_connects(&w->bridges[n]); }
static void acknowledges(struct world *w, long long int n) { world_switch_answers(&w->bridges[n], w, true); }
static void refuses_flows(struct world *w, long long int n) { world_switch_answers(&w->bridges[n], w, false); }
static void other_number(struct world *w, long long int n) { w->gives_other_number = true; }
static void no_number(struct world *w, long long int n) { w->no_number_left = true; }
static void numbers(struct world *w, long long int n) { w->no_number_left = false; }
static void adds_port(struct world *w, long long int n) { world_somebody_adds_port(w, n, true); }
static void adds_bond(struct world *w, long long int n) { world_somebody_adds_port(w, n, false); }
static void deletes_port(struct world *w, long long int n) { world_somebody_deletes_port(w); }
static void requests(struct world *w, long long int n) { world_somebody_requests(w, n); }
static void other_takes(struct world *w, long long int n) { world_other_port_takes(w, 0, n); }
static void breaks(struct world *w, long long int n) { world_connection_breaks(&w->bridges[n]); }
static void flushes(struct world *w, long long int n) { world_flows_are_flushed(&w->bridges[n]); }
static void restarts(struct world *w, long long int n) { world_switch_restarts(w); }
static void opens(struct world *w, long long int n) { w->bridges[n].secure = false; w->bridges[n].opened = true; }
static void takes_tries(struct world *w, long long int n) { w->bridges[n].has_tries = false; }
static void deletes_bridge(struct world *w, long long int n) { w->bridges[n].exists = false; world_somebody_deletes_port(w); }
static void passes(struct world *w, long long int ms) { w->now += ms; }
static void settles(struct world *w, long long int n) { settle(w); }

static const struct event {
    const char *words;          /* a number may follow */
    void (*happens)(struct world *, long long int);
} events[] = {
    { "wish locked on bridge", wish_locked },
    { "wish unlocked on bridge", wish_unlocked },
    { "wish disabled on bridge", wish_disabled },
    { "detach", detach },
    { "attach", attach },
    { "withdraw", withdraw },
    { "wish that does not parse", refuse_wish },
    { "device appears with ifindex", appears },
    { "device vanishes", vanishes },
    { "somebody raises the link", raise_link },
    { "somebody takes the link down", lower_link },
    { "kernel refuses from now on", kernel_refuses },
    { "kernel obeys again", kernel_obeys },
    { "database takes the change", database_takes },
    { "database refuses the change", database_refuses },
    { "switch carries it out", carries_out },
    { "session connects to bridge", connects },
    { "flows acknowledged by bridge", acknowledges },
    { "flows refused by bridge", refuses_flows },
    { "switch will give another number", other_number },
    { "no number is left", no_number },
    { "numbers are there again", numbers },
    { "somebody adds the port to bridge", adds_port },
    { "somebody adds a bond of it to bridge", adds_bond },
    { "somebody deletes the port", deletes_port },
    { "somebody requests number", requests },
    { "another port of bridge 0 takes number", other_takes },
    { "connection breaks to bridge", breaks },
    { "somebody flushes the flows of bridge", flushes },
    { "switch restarts", restarts },
    { "somebody opens bridge", opens },
    { "somebody takes the tries of bridge", takes_tries },
    { "somebody deletes bridge", deletes_bridge },
    { "advance", passes },
    { "all settles", settles },
};

static void
happen(struct world *w, const char *line)
{
    for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
        size_t n = strlen(events[i].words);

        if (!strncmp(line, events[i].words, n) && (!line[n] || line[n] == ' ')) {
            events[i].happens(w, line[n] ? atoll(line + n) : 0);
            return;
        }
    }
    fail_msg("no event '%s'", line);
}

static void
put_steps(unsigned int steps, struct ds *out)
{
    static const char *const names[] = { "reserve-number", "keep-number", "forget-number", "put-rules", "delete-rules", "add-port",
                                         "adopt-port", "update-port", "delete-port", "release-port", "set-link", "link-up",
                                         "link-down" };

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (steps & 1u << i) {
            ds_put_format(out, " %s", names[i]);
        }
    }
}

/* What the VIF is after a turn: state, bridge, steps, number, and what it waits for. */
static void
describe(const struct world *w, struct ds *out)
{
    const struct wiring_vif *vif = &w->vif;

    ds_put_format(out, "  %s", wiring_vif_state_name(vif->state));
    if (w->reserved) {
        ds_put_format(out, " as %u", w->reserved);
    }
    if (w->joined >= 0 && !w->bridges[w->joined].base_acked) {
        ds_put_format(out, ", bridge %s", wiring_bridge_state_name(w->bridges[w->joined].state));
    }
    if (w->steps) {
        ds_put_cstr(out, ":");
        put_steps(w->steps, out);
    }
    if (vif->waits_for != WIRING_WAIT_NOTHING) {
        ds_put_format(out, "; waits for %s", wiring_vif_wait_text(vif->waits_for));
    }
    if (vif->next_try) {
        ds_put_format(out, " in %lld ms", vif->next_try - w->now);
    }
    ds_put_char(out, '\n');
    if (vif->state == WIRING_VIF_FAILED) {
        ds_put_format(out, "    %s\n", vif->reason);
    }
}

/* Turns until nothing new comes of it, each told once. */
static void
tell(struct world *w, struct ds *last, struct ds *out)
{
    for (unsigned int i = 0; i < MAX_TURNS; i++) {
        struct ds now = DS_EMPTY_INITIALIZER;

        world_turn(w);
        world_check(w);
        describe(w, &now);
        if (!strcmp(ds_cstr(&now), ds_cstr(last))) {
            ds_destroy(&now);
            return;
        }
        ds_put_cstr(out, ds_cstr(&now));
        ds_swap(last, &now);
        ds_destroy(&now);
    }
    fail_msg("it never rests:\n%s", ds_cstr(out));
}

static void
play(FILE *file, struct ds *text, struct ds *out)
{
    struct ds last = DS_EMPTY_INITIALIZER;
    char line[256];
    struct world w;

    world_init(&w);
    while (fgets(line, sizeof line, file)) {
        ds_put_cstr(text, line);
        if (line[0] == ' ') {
            continue;
        }
        ds_put_cstr(out, line);
        if (line[0] == '>') {
            line[strcspn(line, "\n")] = '\0';
            happen(&w, line + 2);
            tell(&w, &last, out);
        }
    }
    ds_destroy(&last);
    world_destroy(&w);
}

static void
story_goes_as_it_is_told(void **name)
{
    struct ds text = DS_EMPTY_INITIALIZER, out = DS_EMPTY_INITIALIZER;
    FILE *file = fopen(*name, "r");

    assert_non_null(file);
    play(file, &text, &out);
    fclose(file);
    assert_string_equal(ds_cstr(&out), ds_cstr(&text));
    ds_destroy(&text);
    ds_destroy(&out);
}

static void
story_is_written(void **name)
{
    struct ds text = DS_EMPTY_INITIALIZER, out = DS_EMPTY_INITIALIZER;
    FILE *file = fopen(*name, "r+");

    assert_non_null(file);
    play(file, &text, &out);
    rewind(file);
    assert_int_equal(ftruncate(fileno(file), 0), 0);
    fputs(ds_cstr(&out), file);
    fclose(file);
    ds_destroy(&text);
    ds_destroy(&out);
}

int
main(int argc, char *argv[])
{
    const bool write = argc > 1 && !strcmp(argv[1], "--write");
    const int first = write ? 2 : 1, n = argc - first;
    struct CMUnitTest *tests = xcalloc(n + 1, sizeof *tests);

    for (int i = 0; i < n; i++) {
        const char *slash = strrchr(argv[first + i], '/');

        tests[i] = (struct CMUnitTest) {
            .name = slash ? slash + 1 : argv[first + i],
            .test_func = write ? story_is_written : story_goes_as_it_is_told,
            .initial_state = argv[first + i],
        };
    }

    int failed = _cmocka_run_group_tests("transcripts", tests, n, NULL, NULL);
    free(tests);
    return failed;
}
