/* SPDX-License-Identifier: Apache-2.0
 *
 * Each rule for interfaces as a row of a table: what stands, what its partner has, what the toolstack says, and what becomes of each key.
 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <smap.h>
#include <util.h>

#include "base/limits.h"
#include "sync/interface_identity.h"

static const char NOBODY[] = "(nobody)";

/* A whole host, or one whose interfaces without our keys are somebody else's. */
enum scope { EVERY, MARKED };

struct row {
    const char *sentence;
    enum scope scope;
    const char *name, *ids, *partner;   /* "key=value,..."; 'partner' NULL: there is none */
    enum directory_answer vif;
    const char *vif_id;                 /* nicira-iface-id, or NULL */
    enum directory_answer vm;
    const char *vm_id;
    bool vif_is_new, vm_is_new;
    const char *after;                  /* all keys that stand afterwards, sorted; NOBODY: out of scope */
};

#define KNOWN DIRECTORY_KNOWN
#define UNKNOWN DIRECTORY_UNKNOWN
#define UNREACHABLE DIRECTORY_UNREACHABLE

static const struct row rows[] = {
    /* iface-id */
    { "a VIF's own id goes first", EVERY, "vif1.0", "xs-vif-uuid=v", NULL, KNOWN, "custom", UNKNOWN, NULL, .after =
      "iface-id=custom,iface-status=active,xs-vif-uuid=v" },
    { "a VIF without one is known by its uuid", EVERY, "vif1.0", "xs-vif-uuid=v", NULL, KNOWN, NULL, UNKNOWN, NULL, .after =
      "iface-id=v,iface-status=active,xs-vif-uuid=v" },
    { "so is one that the toolstack does not know", EVERY, "vif1.0", "xs-vif-uuid=v", NULL, UNKNOWN, NULL, UNKNOWN, NULL, .after =
      "iface-id=v,iface-status=active,xs-vif-uuid=v" },
    { "a tap is asked for likewise", EVERY, "tap1.0", "xs-vif-uuid=v", NULL, KNOWN, "custom", UNKNOWN, NULL, .after =
      "iface-id=custom,xs-vif-uuid=v" },
    { "another name is its own word for it", EVERY, "qvo1", "xs-vif-uuid=v", NULL, KNOWN, "custom", KNOWN, "vm custom", .after =
      "iface-id=v,xs-vif-uuid=v" },
    { "without xs-vif-uuid there is none", EVERY, "vif1.0", "iface-id=x", NULL, UNKNOWN, NULL, UNKNOWN, NULL, .after =
      "iface-status=active" },
    { "whatever it is called", EVERY, "eth0", "iface-id=x,other=y", NULL, UNKNOWN, NULL, UNKNOWN, NULL, .after = "other=y" },
    { "an empty uuid is none", EVERY, "vif1.0", "iface-id=x,xs-vif-uuid=", NULL, UNKNOWN, NULL, UNKNOWN, NULL, .after =
      "iface-status=active,xs-vif-uuid=" },

    /* vm-id */
    { "a VM's own id goes first", EVERY, "vif1.0", "xs-vif-uuid=v,xs-vm-uuid=m", NULL, KNOWN, NULL, KNOWN, "custom", .after =
      "iface-id=v,iface-status=active,vm-id=custom,xs-vif-uuid=v,xs-vm-uuid=m" },
    { "a VM without one is known by its uuid", EVERY, "vif1.0", "xs-vm-uuid=m", NULL, UNKNOWN, NULL, KNOWN, NULL, .after =
      "iface-status=active,vm-id=m,xs-vm-uuid=m" },
    { "without xs-vm-uuid there is none", EVERY, "vif1.0", "vm-id=x", NULL, UNKNOWN, NULL, UNKNOWN, NULL, .after = "iface-status=active" },
    { "a VM of another name is its own word", EVERY, "qvo1", "vm-id=x,xs-vm-uuid=m", NULL, UNKNOWN, NULL, KNOWN, "custom", .after =
      "vm-id=m,xs-vm-uuid=m" },

    /* nobody answers */
    { "what is not known now stays", EVERY, "vif1.0", "iface-id=i,vm-id=j,xs-vif-uuid=v,xs-vm-uuid=m", NULL, UNREACHABLE, NULL, UNREACHABLE,
      NULL, .after = "iface-id=i,iface-status=active,vm-id=j,xs-vif-uuid=v,xs-vm-uuid=m" },
    { "what is not there is not guessed", EVERY, "vif1.0", "xs-vif-uuid=v,xs-vm-uuid=m", NULL, UNREACHABLE, NULL, UNREACHABLE, NULL, .after =
      "iface-status=active,xs-vif-uuid=v,xs-vm-uuid=m" },
    { "an id does not outlive its VIF", EVERY, "vif1.0", "iface-id=i,vm-id=j,xs-vif-uuid=w,xs-vm-uuid=m", NULL, UNREACHABLE, NULL, UNREACHABLE,
      NULL, .vif_is_new = true, .after = "iface-status=active,vm-id=j,xs-vif-uuid=w,xs-vm-uuid=m" },
    { "nor its VM", EVERY, "vif1.0", "iface-id=i,vm-id=j,xs-vif-uuid=v,xs-vm-uuid=n", NULL, UNREACHABLE, NULL, UNREACHABLE, NULL,
      .vm_is_new = true, .after = "iface-id=i,iface-status=active,xs-vif-uuid=v,xs-vm-uuid=n" },
    { "to lose the uuid takes no answer", EVERY, "vif1.0", "iface-id=i,vm-id=j", NULL, UNREACHABLE, NULL, UNREACHABLE, NULL, .after =
      "iface-status=active" },
    { "nor does another name", EVERY, "qvo1", "xs-vif-uuid=v", NULL, UNREACHABLE, NULL, UNREACHABLE, NULL, .after =
      "iface-id=v,xs-vif-uuid=v" },

    /* tap and vif */
    { "a tap has the keys of its vif", EVERY, "tap1.0", "", "attached-mac=a,xs-network-uuid=n,xs-vif-uuid=v,xs-vm-uuid=m,iface-id=x", KNOWN,
      "custom", KNOWN, "vm custom", .after =
      "attached-mac=a,iface-id=custom,iface-status=active,vm-id=vm custom,xs-network-uuid=n,xs-vif-uuid=v,xs-vm-uuid=m" },
    { "what its vif does not have it loses", EVERY, "tap1.0", "attached-mac=b,xs-network-uuid=o,xs-vif-uuid=w,xs-vm-uuid=k,vm-id=k",
      "xs-vif-uuid=v", KNOWN, NULL, UNKNOWN, NULL, .after = "iface-id=v,iface-status=active,xs-vif-uuid=v" },
    { "a tap without vif keeps what it has", EVERY, "tap1.0", "attached-mac=b,xs-vif-uuid=w,iface-status=active", NULL, KNOWN, NULL, UNKNOWN,
      NULL, .after = "attached-mac=b,iface-id=w,xs-vif-uuid=w" },
    { "a vif has nothing of its tap", EVERY, "vif1.0", "", "attached-mac=a,xs-vif-uuid=v", UNKNOWN, NULL, UNKNOWN, NULL, .after =
      "iface-status=inactive" },
    { "other keys stay", EVERY, "tap1.0", "mine=1", "yours=2", UNKNOWN, NULL, UNKNOWN, NULL, .after = "iface-status=active,mine=1" },

    /* iface-status */
    { "of a pair the vif is inactive", EVERY, "vif1.0", "iface-status=active,xs-vif-uuid=v", "", KNOWN, NULL, UNKNOWN, NULL, .after =
      "iface-id=v,iface-status=inactive,xs-vif-uuid=v" },
    { "a vif alone is active", EVERY, "vif1.0", "iface-status=inactive", NULL, UNKNOWN, NULL, UNKNOWN, NULL, .after = "iface-status=active" },
    { "names are told by their beginning alone", EVERY, "vifdeadbeef-01", "", NULL, UNKNOWN, NULL, UNKNOWN, NULL, .after =
      "iface-status=active" },
    { "any other name has no status", EVERY, "eth0", "iface-status=active", NULL, UNKNOWN, NULL, UNKNOWN, NULL, .after = "" },

    /* a host that follows no XAPI */
    { "an interface without our keys is somebody else's", MARKED, "vif1.0", "iface-id=x", NULL, UNKNOWN, NULL, UNKNOWN, NULL,
      .after = NOBODY },
    { "so is a tap whose vif is", MARKED, "tap1.0", "iface-id=x", "iface-id=y", UNKNOWN, NULL, UNKNOWN, NULL, .after = NOBODY },
    { "one with xs-vif-uuid is not", MARKED, "vif1.0", "iface-id=x,xs-vif-uuid=v", NULL, KNOWN, "custom", UNKNOWN, NULL, .after =
      "iface-id=custom,iface-status=active,xs-vif-uuid=v" },
    { "nor is the tap of such a vif", MARKED, "tap1.0", "", "xs-vif-uuid=v", KNOWN, NULL, UNKNOWN, NULL, .after =
      "iface-id=v,iface-status=active,xs-vif-uuid=v" },
    { "a port of another name keeps its status", MARKED, "qvo1", "iface-status=active,xs-vif-uuid=v", NULL, KNOWN, NULL, UNKNOWN, NULL, .after =
      "iface-id=v,iface-status=active,xs-vif-uuid=v" },
    { "so does a wired one", MARKED, "gw0", "cabled-vif=v,iface-status=active,xs-vif-uuid=v", NULL, KNOWN, NULL,
      UNKNOWN, NULL, .after = "cabled-vif=v,iface-id=v,iface-status=active,xs-vif-uuid=v" },
    { "on one that does it has none", EVERY, "gw0", "cabled-vif=v,iface-status=active,xs-vif-uuid=v", NULL, KNOWN, NULL, UNKNOWN, NULL, .after =
      "cabled-vif=v,iface-id=v,xs-vif-uuid=v" },

    /* described ports */
    { "a described tap gets what it lacks", EVERY, "tap1.0", "cabled-vif=c,attached-mac=b", "attached-mac=a,xs-vif-uuid=v", KNOWN, NULL,
      UNKNOWN, NULL, .after = "attached-mac=b,cabled-vif=c,iface-id=v,iface-status=active,xs-vif-uuid=v" },
    { "and keeps what it has", EVERY, "tap1.0", "cabled-vif=c,xs-vif-uuid=w,xs-vm-uuid=m", "xs-vif-uuid=v", KNOWN, NULL, KNOWN, NULL, .after =
      "cabled-vif=c,iface-id=w,iface-status=active,vm-id=m,xs-vif-uuid=w,xs-vm-uuid=m" },
};

static void
parse(const char *text, struct smap *smap)
{
    char *copy = xstrdup(text), *save = NULL;

    smap_init(smap);
    for (char *pair = strtok_r(copy, ",", &save); pair; pair = strtok_r(NULL, ",", &save)) {
        char *equals = strchr(pair, '=');

        *equals = '\0';
        smap_add(smap, pair, equals + 1);
    }
    free(copy);
}

static char *
join(const struct smap *smap)
{
    const struct smap_node **nodes = smap_sort(smap);
    char *text = xstrdup("");

    for (size_t i = 0; i < smap_count(smap); i++) {
        char *longer = xasprintf("%s%s%s=%s", text, i ? "," : "", nodes[i]->key, nodes[i]->value);

        free(text);
        text = longer;
    }
    free(nodes);
    return text;
}

static void
apply(const struct interface_identity *identity, struct smap *ids)
{
    for (enum interface_key key = 0; key < N_INTERFACE_KEYS; key++) {
        const struct identity_value *value = &identity->values[key];

        if (!value->keep && value->text) {
            smap_replace(ids, interface_key_name(key), value->text);
        } else if (!value->keep) {
            smap_remove(ids, interface_key_name(key));
        }
    }
}

static void
set_source(struct identity_source *source, enum directory_answer answer, const char *key, const char *id, struct smap *config)
{
    smap_init(config);
    if (id) {
        smap_add(config, key, id);
    }
    *source = (struct identity_source) { answer, { "asked", config } };
}

static char *
decide(const struct row *row)
{
    struct smap ids, partner, vif, vm, after;
    struct interface_answers answers = { .vif_is_new = row->vif_is_new, .vm_is_new = row->vm_is_new };
    char *text;

    parse(row->ids, &ids);
    parse(row->partner ? row->partner : "", &partner);
    set_source(&answers.vif, row->vif, DIRECTORY_VIF_ID, row->vif_id, &vif);
    set_source(&answers.vm, row->vm, DIRECTORY_VM_ID, row->vm_id, &vm);

    const struct interface_facts facts = {
        .name = row->name, .ids = &ids, .partner = row->partner ? &partner : NULL, .every = row->scope == EVERY,
    };
    if (interface_is_in_scope(&facts)) {
        const struct interface_identity identity = interface_identity_decide(&facts, &answers);

        smap_clone(&after, &ids);
        apply(&identity, &after);
        text = join(&after);
        smap_destroy(&after);
    } else {
        text = xstrdup(NOBODY);
    }
    smap_destroy(&ids);
    smap_destroy(&partner);
    smap_destroy(&vif);
    smap_destroy(&vm);
    return text;
}

static void
interface_is_known_as_the_toolstack_says(void **state OVS_UNUSED)
{
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        char *after = decide(&rows[i]);

        if (strcmp(after, rows[i].after)) {
            fail_msg("%s: '%s', and not '%s'", rows[i].sentence, after, rows[i].after);
        }
        free(after);
    }
}

static void
what_was_decided_once_is_decided_again(void **state OVS_UNUSED)
{
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct row again = rows[i];

        if (rows[i].after != NOBODY) {
            again.ids = rows[i].after;

            char *after = decide(&again);
            assert_string_equal(after, rows[i].after);
            free(after);
        }
    }
}

static void
partners_have_the_same_end(void **state OVS_UNUSED)
{
    char *tap = interface_partner("vif1.0"), *vif = interface_partner("tapx");

    assert_string_equal(tap, "tap1.0");
    assert_string_equal(vif, "vifx");
    assert_null(interface_partner("eth0"));
    assert_null(interface_partner("vi"));
    free(tap);
    free(vif);
}

static void
id_that_is_too_long_changes_nothing(void **state OVS_UNUSED)
{
    char *id = xzalloc(LIMIT_IDENTITY_BYTES + 2);

    memset(id, 'x', LIMIT_IDENTITY_BYTES + 1);

    const struct row row = { "", EVERY, "vif1.0", "iface-id=i,xs-vif-uuid=v", NULL, KNOWN, id, UNKNOWN, NULL };
    char *after = decide(&row);
    assert_string_equal(after, "iface-id=i,iface-status=active,xs-vif-uuid=v");
    free(after);
    free(id);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(interface_is_known_as_the_toolstack_says),
        cmocka_unit_test(what_was_decided_once_is_decided_again),
        cmocka_unit_test(partners_have_the_same_end),
        cmocka_unit_test(id_that_is_too_long_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
