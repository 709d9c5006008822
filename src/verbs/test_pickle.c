/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <util.h>

#include "verbs/pickle.h"
#include "xenapi/test_show.h"
#include "xenapi/value.h"

struct sample {
    const char *data;
    size_t n;
    const char *shown;
};

#define PICKLE(TEXT) TEXT, sizeof TEXT - 1

/* What Python 3.11 makes of the values beside them, by protocols 0 to 5. */
static const struct sample samples[] = {
    { PICKLE("(dp0\nVargs\np1\n((dp2\nVcmd\np3\nVovs_create_port\np4\nsg1\n(dp5\nVbridge\np6\nVbr-int\np7\nsVport\np8\nVqvo1\np9\nsViface-id\np10\nV1\np11\nsVmac\np12\nV02:00:00:00:00:01\np13\nsVstatus\np14\nVactive\np15\nsstp16\nsVkwargs\np17\n(dp18\ns."),
      "{\"args\": [{\"args\": {\"bridge\": \"br-int\", \"iface-id\": \"1\", \"mac\": \"02:00:00:00:00:01\", \"port\": \"qvo1\", \"status\": \"active\"}, \"cmd\": \"ovs_create_port\"}], \"kwargs\": {}}" },
    { PICKLE("}q\000(X\004\000\000\000argsq\001(}q\002(X\003\000\000\000cmdq\003X\017\000\000\000ovs_create_portq\004h\001}q\005(X\006\000\000\000bridgeq\006X\006\000\000\000br-intq\007X\004\000\000\000portq\010X\004\000\000\000qvo1q\011X\010\000\000\000iface-idq\nX\001\000\000\0001q\013X\003\000\000\000macq\014X\021\000\000\00002:00:00:00:00:01q\015X\006\000\000\000statusq\016X\006\000\000\000activeq\017uutq\020X\006\000\000\000kwargsq\021}q\022u."),
      "{\"args\": [{\"args\": {\"bridge\": \"br-int\", \"iface-id\": \"1\", \"mac\": \"02:00:00:00:00:01\", \"port\": \"qvo1\", \"status\": \"active\"}, \"cmd\": \"ovs_create_port\"}], \"kwargs\": {}}" },
    { PICKLE("\200\002}q\000(X\004\000\000\000argsq\001}q\002(X\003\000\000\000cmdq\003X\017\000\000\000ovs_create_portq\004h\001}q\005(X\006\000\000\000bridgeq\006X\006\000\000\000br-intq\007X\004\000\000\000portq\010X\004\000\000\000qvo1q\011X\010\000\000\000iface-idq\nX\001\000\000\0001q\013X\003\000\000\000macq\014X\021\000\000\00002:00:00:00:00:01q\015X\006\000\000\000statusq\016X\006\000\000\000activeq\017uu\205q\020X\006\000\000\000kwargsq\021}q\022u."),
      "{\"args\": [{\"args\": {\"bridge\": \"br-int\", \"iface-id\": \"1\", \"mac\": \"02:00:00:00:00:01\", \"port\": \"qvo1\", \"status\": \"active\"}, \"cmd\": \"ovs_create_port\"}], \"kwargs\": {}}" },
    { PICKLE("\200\003}q\000(X\004\000\000\000argsq\001}q\002(X\003\000\000\000cmdq\003X\017\000\000\000ovs_create_portq\004h\001}q\005(X\006\000\000\000bridgeq\006X\006\000\000\000br-intq\007X\004\000\000\000portq\010X\004\000\000\000qvo1q\011X\010\000\000\000iface-idq\nX\001\000\000\0001q\013X\003\000\000\000macq\014X\021\000\000\00002:00:00:00:00:01q\015X\006\000\000\000statusq\016X\006\000\000\000activeq\017uu\205q\020X\006\000\000\000kwargsq\021}q\022u."),
      "{\"args\": [{\"args\": {\"bridge\": \"br-int\", \"iface-id\": \"1\", \"mac\": \"02:00:00:00:00:01\", \"port\": \"qvo1\", \"status\": \"active\"}, \"cmd\": \"ovs_create_port\"}], \"kwargs\": {}}" },
    { PICKLE("\200\004\225\226\000\000\000\000\000\000\000}\224(\214\004args\224}\224(\214\003cmd\224\214\017ovs_create_port\224h\001}\224(\214\006bridge\224\214\006br-int\224\214\004port\224\214\004qvo1\224\214\010iface-id\224\214\0011\224\214\003mac\224\214\02102:00:00:00:00:01\224\214\006status\224\214\006active\224uu\205\224\214\006kwargs\224}\224u."),
      "{\"args\": [{\"args\": {\"bridge\": \"br-int\", \"iface-id\": \"1\", \"mac\": \"02:00:00:00:00:01\", \"port\": \"qvo1\", \"status\": \"active\"}, \"cmd\": \"ovs_create_port\"}], \"kwargs\": {}}" },
    { PICKLE("\200\005\225\226\000\000\000\000\000\000\000}\224(\214\004args\224}\224(\214\003cmd\224\214\017ovs_create_port\224h\001}\224(\214\006bridge\224\214\006br-int\224\214\004port\224\214\004qvo1\224\214\010iface-id\224\214\0011\224\214\003mac\224\214\02102:00:00:00:00:01\224\214\006status\224\214\006active\224uu\205\224\214\006kwargs\224}\224u."),
      "{\"args\": [{\"args\": {\"bridge\": \"br-int\", \"iface-id\": \"1\", \"mac\": \"02:00:00:00:00:01\", \"port\": \"qvo1\", \"status\": \"active\"}, \"cmd\": \"ovs_create_port\"}], \"kwargs\": {}}" },
    { PICKLE("(lp0\nVx\np1\nag1\na(dp2\ng1\ng1\nsa."),
      "[\"x\", \"x\", {\"x\": \"x\"}]" },
    { PICKLE("]q\000(X\001\000\000\000xq\001h\001}q\002h\001h\001se."),
      "[\"x\", \"x\", {\"x\": \"x\"}]" },
    { PICKLE("\200\002]q\000(X\001\000\000\000xq\001h\001}q\002h\001h\001se."),
      "[\"x\", \"x\", {\"x\": \"x\"}]" },
    { PICKLE("\200\003]q\000(X\001\000\000\000xq\001h\001}q\002h\001h\001se."),
      "[\"x\", \"x\", {\"x\": \"x\"}]" },
    { PICKLE("\200\004\225\022\000\000\000\000\000\000\000]\224(\214\001x\224h\001}\224h\001h\001se."),
      "[\"x\", \"x\", {\"x\": \"x\"}]" },
    { PICKLE("\200\005\225\022\000\000\000\000\000\000\000]\224(\214\001x\224h\001}\224h\001h\001se."),
      "[\"x\", \"x\", {\"x\": \"x\"}]" },
    { PICKLE("(lp0\nI1\naI-5\naI70000\naI300\naI01\naI00\naNaVGr\374\337e \\u005cu \\U0001f40d\np1\naV\np2\na."),
      "[1, -5, 70000, 300, true, false, nil, \"Gr\303\274\303\237e \\u \360\237\220\215\", \"\"]" },
    { PICKLE("]q\000(K\001J\373\377\377\377Jp\021\001\000M,\001I01\nI00\nNX\017\000\000\000Gr\303\274\303\237e \\u \360\237\220\215q\001X\000\000\000\000q\002e."),
      "[1, -5, 70000, 300, true, false, nil, \"Gr\303\274\303\237e \\u \360\237\220\215\", \"\"]" },
    { PICKLE("\200\002]q\000(K\001J\373\377\377\377Jp\021\001\000M,\001\210\211NX\017\000\000\000Gr\303\274\303\237e \\u \360\237\220\215q\001X\000\000\000\000q\002e."),
      "[1, -5, 70000, 300, true, false, nil, \"Gr\303\274\303\237e \\u \360\237\220\215\", \"\"]" },
    { PICKLE("\200\003]q\000(K\001J\373\377\377\377Jp\021\001\000M,\001\210\211NX\017\000\000\000Gr\303\274\303\237e \\u \360\237\220\215q\001X\000\000\000\000q\002e."),
      "[1, -5, 70000, 300, true, false, nil, \"Gr\303\274\303\237e \\u \360\237\220\215\", \"\"]" },
    { PICKLE("\200\004\225,\000\000\000\000\000\000\000]\224(K\001J\373\377\377\377Jp\021\001\000M,\001\210\211N\214\017Gr\303\274\303\237e \\u \360\237\220\215\224\214\000\224e."),
      "[1, -5, 70000, 300, true, false, nil, \"Gr\303\274\303\237e \\u \360\237\220\215\", \"\"]" },
    { PICKLE("\200\005\225,\000\000\000\000\000\000\000]\224(K\001J\373\377\377\377Jp\021\001\000M,\001\210\211N\214\017Gr\303\274\303\237e \\u \360\237\220\215\224\214\000\224e."),
      "[1, -5, 70000, 300, true, false, nil, \"Gr\303\274\303\237e \\u \360\237\220\215\", \"\"]" },
    { PICKLE("((t(I1\ntp0\n(I1\nI2\ntp1\n(I1\nI2\nI3\ntp2\n(I1\nI2\nI3\nI4\ntp3\ntp4\n."),
      "[[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]]" },
    { PICKLE("()(K\001tq\000(K\001K\002tq\001(K\001K\002K\003tq\002(K\001K\002K\003K\004tq\003tq\004."),
      "[[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]]" },
    { PICKLE("\200\002()K\001\205q\000K\001K\002\206q\001K\001K\002K\003\207q\002(K\001K\002K\003K\004tq\003tq\004."),
      "[[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]]" },
    { PICKLE("\200\003()K\001\205q\000K\001K\002\206q\001K\001K\002K\003\207q\002(K\001K\002K\003K\004tq\003tq\004."),
      "[[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]]" },
    { PICKLE("\200\004\225\"\000\000\000\000\000\000\000()K\001\205\224K\001K\002\206\224K\001K\002K\003\207\224(K\001K\002K\003K\004t\224t\224."),
      "[[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]]" },
    { PICKLE("\200\005\225\"\000\000\000\000\000\000\000()K\001\205\224K\001K\002\206\224K\001K\002K\003\207\224(K\001K\002K\003K\004t\224t\224."),
      "[[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]]" },
    { PICKLE("(dp0\nVa\np1\n(dp2\nVb\np3\n(lp4\n(dp5\nVc\np6\n(tsass."),
      "{\"a\": {\"b\": [{\"c\": []}]}}" },
    { PICKLE("}q\000X\001\000\000\000aq\001}q\002X\001\000\000\000bq\003]q\004}q\005X\001\000\000\000cq\006)sass."),
      "{\"a\": {\"b\": [{\"c\": []}]}}" },
    { PICKLE("\200\002}q\000X\001\000\000\000aq\001}q\002X\001\000\000\000bq\003]q\004}q\005X\001\000\000\000cq\006)sass."),
      "{\"a\": {\"b\": [{\"c\": []}]}}" },
    { PICKLE("\200\003}q\000X\001\000\000\000aq\001}q\002X\001\000\000\000bq\003]q\004}q\005X\001\000\000\000cq\006)sass."),
      "{\"a\": {\"b\": [{\"c\": []}]}}" },
    { PICKLE("\200\004\225\032\000\000\000\000\000\000\000}\224\214\001a\224}\224\214\001b\224]\224}\224\214\001c\224)sass."),
      "{\"a\": {\"b\": [{\"c\": []}]}}" },
    { PICKLE("\200\005\225\032\000\000\000\000\000\000\000}\224\214\001a\224}\224\214\001b\224]\224}\224\214\001c\224)sass."),
      "{\"a\": {\"b\": [{\"c\": []}]}}" },
};

static void
what_python_writes_is_read(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
        struct xenapi_value value;
        char *shown;

        if (!pickle_read(samples[i].data, samples[i].n, &value)) {
            fail_msg("sample %zu: %s", i, samples[i].shown);
        }
        shown = show_value(&value);
        assert_string_equal(shown, samples[i].shown);
        free(shown);
        xenapi_value_destroy(&value);
    }
}

/* Each prefix is one that a peer may have sent: none is read, and nothing is lost or read beyond. */
static void
what_is_cut_is_refused(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
        for (size_t n = 0; n < samples[i].n; n++) {
            char *cut = xmemdup(samples[i].data, n);
            struct xenapi_value value;

            assert_false(pickle_read(cut, n, &value));
            free(cut);
        }
    }
}

/* Any single byte may be another: whatever comes of it is destroyed without harm. */
static void
what_is_changed_does_no_harm(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
        char *copy = xmemdup(samples[i].data, samples[i].n);

        for (size_t at = 0; at < samples[i].n; at++) {
            for (unsigned int byte = 0; byte < 256; byte++) {
                struct xenapi_value value;

                copy[at] = byte;
                if (pickle_read(copy, samples[i].n, &value)) {
                    xenapi_value_destroy(&value);
                }
            }
            copy[at] = samples[i].data[at];
        }
        free(copy);
    }
}

static void
what_would_run_code_or_eat_memory_is_refused(void **state)
{
    static const struct sample refused[] = {
        { PICKLE("") },
        { PICKLE(".") },
        { PICKLE("I1\n") },
        { PICKLE("I1\n.I1\n.") },
        { PICKLE("I1\nI2\n.") },
        { PICKLE("(I1\n.") },
        { PICKLE("I1.5\n.") },
        { PICKLE("F1.5\n.") },
        { PICKLE("cos\nsystem\np0\n(Vtrue\np1\ntp2\nRp3\n.") },
        { PICKLE("\200\004\225\035\000\000\000\000\000\000\000\214\005posix\224\214\006system\224\223\224\214\004true\224\205\224R\224.") },
        { PICKLE("g0\n.") },
        { PICKLE("g-1\n.") },
        { PICKLE("Vx\np99999999999\n.") },
        { PICKLE("(I1\nI2\nd.") },               /* a key that is no text */
        { PICKLE("(Vx\nd.") },
        { PICKLE("s.") },
        { PICKLE("Vx\nVy\nVz\ns.") },
        { PICKLE("]Vx\n(a.") },                   /* nothing is taken from below a mark */
        { PICKLE("Va\\ud800\n.") },
        { PICKLE("Va\\u0000\n.") },
        { PICKLE("X\003\000\000\000a\000b.") },
        { PICKLE("X\002\000\000\000\303\050.") },
        { PICKLE("X\377\377\377\377a.") },
        { PICKLE("S'it\\'s'\n.") },
    };

    for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
        struct xenapi_value value;

        if (pickle_read(refused[i].data, refused[i].n, &value)) {
            fail_msg("refused[%zu]", i);
        }
    }
}

/* "((((..." and "]]]]..." of a megabyte; and one text, remembered and fetched again and again. */
static void
depth_and_number_are_limited(void **state)
{
    const size_t n = 1 << 20;
    const char *const patterns[] = { "(", "]", "(]", "Vx\n", "g0\n", "]a", "(l" };

    for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
        char *data = xmalloc(n + 16);
        size_t length = strlen(patterns[i]), at = 0;
        struct xenapi_value value;

        memcpy(data, "Vx\np0\n0", 6);
        for (at = 6; at + length < n; at += length) {
            memcpy(data + at, patterns[i], length);
        }
        data[at++] = '.';
        assert_false(pickle_read(data, at, &value));
        free(data);
    }
}

static void
what_is_written_is_python(void **state)
{
    const struct {
        const char *text, *pickle;
    } cases[] = {
        { "2.1", "S'2.1'\np0\n." },
        { "", "S''\np0\n." },
        { "it's", "Vit's\np0\n." },
        { "a\nb\\", "Va\\u000ab\\u005c\np0\n." },
        { "ü🐍", "V\\u00fc\\U0001f40d\np0\n." },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char *pickle = pickle_of_text(cases[i].text);

        assert_string_equal(pickle, cases[i].pickle);
        free(pickle);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_python_writes_is_read),
        cmocka_unit_test(what_is_cut_is_refused),
        cmocka_unit_test(what_is_changed_does_no_harm),
        cmocka_unit_test(what_would_run_code_or_eat_memory_is_refused),
        cmocka_unit_test(depth_and_number_are_limited),
        cmocka_unit_test(what_is_written_is_python),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
