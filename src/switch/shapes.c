/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/shapes.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <hash.h>
#include <util.h>

#include "rules/flow.h"

/* A byte for each: no padding, so that it can be hashed and compared as it is. */
struct form {
    uint8_t action, counted, n_terms;
    uint8_t fields[RULES_MAX_TERMS], masked[RULES_MAX_TERMS];
};

struct shape {
    struct hmap_node node;
    struct form form;
};

void
shapes_init(struct shapes *shapes)
{
    hmap_init(&shapes->known);
}

void
shapes_clear(struct shapes *shapes)
{
    struct shape *shape;

    HMAP_FOR_EACH_POP (shape, node, &shapes->known) {
        free(shape);
    }
}

void
shapes_destroy(struct shapes *shapes)
{
    shapes_clear(shapes);
    hmap_destroy(&shapes->known);
}

static bool
is_masked(const struct rules_term *term)
{
    const size_t size = rules_field_size(term->field);

    for (size_t i = 0; i < size; i++) {
        if (term->mask[i] != UINT8_MAX) {
            return true;
        }
    }
    return false;
}

static struct form
form_of(const struct rules_flow *flow)
{
    struct form form = { .action = flow->action, .counted = flow->counted, .n_terms = flow->n_terms };

    for (size_t i = 0; i < flow->n_terms; i++) {
        form.fields[i] = flow->terms[i].field;
        form.masked[i] = is_masked(&flow->terms[i]);
    }
    return form;
}

bool
shapes_note(struct shapes *shapes, const struct rules_flow *flow)
{
    const struct form form = form_of(flow);
    const uint32_t hash = hash_bytes(&form, sizeof form, 0);
    struct shape *shape;

    if (flow->meter) {
        return false;
    }
    HMAP_FOR_EACH_WITH_HASH (shape, node, hash, &shapes->known) {
        if (!memcmp(&shape->form, &form, sizeof form)) {
            return true;
        }
    }
    shape = xmalloc(sizeof *shape);
    shape->form = form;
    hmap_insert(&shapes->known, &shape->node, hash);
    return false;
}
