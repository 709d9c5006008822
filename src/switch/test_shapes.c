/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "rules/flow.h"
#include "switch/shapes.h"

/* A flow that matches a source address of 'prefix' bits (a multiple of 8) whose first byte is 'first'. */
static struct rules_flow
flow_of(uint8_t first, size_t prefix)
{
    struct rules_flow flow = { .table = 201, .action = RULES_ACTION_ACCEPT, .n_terms = 1 };

    flow.terms[0].field = RULES_FIELD_NW_SRC;
    flow.terms[0].value[0] = first;
    memset(flow.terms[0].mask, 0xff, prefix / 8);
    return flow;
}

static void
test_form_is_known_whatever_the_values(void **state)
{
    const struct rules_flow one = flow_of(10, 32), other = flow_of(192, 32);
    struct shapes shapes;

    (void) state;
    shapes_init(&shapes);
    assert_false(shapes_note(&shapes, &one));
    assert_true(shapes_note(&shapes, &other));
    shapes_clear(&shapes);
    assert_false(shapes_note(&shapes, &other));
    shapes_destroy(&shapes);
}

static void
test_mask_action_and_field_make_another_form(void **state)
{
    struct rules_flow flow = flow_of(10, 32), masked = flow_of(10, 24), dropped = flow, renamed = flow, longer = flow;
    struct shapes shapes;

    (void) state;
    dropped.action = RULES_ACTION_DROP;
    renamed.terms[0].field = RULES_FIELD_NW_DST;
    longer.n_terms = 2;
    shapes_init(&shapes);
    shapes_note(&shapes, &flow);
    assert_false(shapes_note(&shapes, &masked));
    assert_false(shapes_note(&shapes, &dropped));
    assert_false(shapes_note(&shapes, &renamed));
    assert_false(shapes_note(&shapes, &longer));
    shapes_destroy(&shapes);
}

static void
test_flow_with_a_meter_has_no_form(void **state)
{
    struct rules_flow flow = flow_of(10, 32);
    struct shapes shapes;

    (void) state;
    shapes_init(&shapes);
    shapes_note(&shapes, &flow);
    flow.meter = 131072;
    assert_false(shapes_note(&shapes, &flow));
    assert_false(shapes_note(&shapes, &flow));
    shapes_destroy(&shapes);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_form_is_known_whatever_the_values),
        cmocka_unit_test(test_mask_action_and_field_make_another_form),
        cmocka_unit_test(test_flow_with_a_meter_has_no_form),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
