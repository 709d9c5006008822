/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "verbs/pickle.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "base/utf8.h"
#include "xenapi/map.h"
#include "xenapi/number.h"
#include "xenapi/value.h"

enum {
    MAX_VALUES = 1024,          /* made in all: what is remembered is copied */
    MAX_TEXT_BYTES = 4096,
    MAX_STACK = 64,
    MAX_MEMO = 256,
};

/* Pickle is a language for a stack machine: what Lib/pickletools.py of Python describes. */
struct machine {
    const uint8_t *at, *end;
    struct xenapi_value stack[MAX_STACK];
    size_t n;
    size_t marks[MAX_STACK], n_marks;
    struct xenapi_value memo[MAX_MEMO];         /* scalars; of others nothing is remembered */
    size_t n_memo;                              /* for MEMOIZE, which counts for itself */
    size_t n_values;
};

static bool
push(struct machine *m, struct xenapi_value value)
{
    if (m->n == MAX_STACK || m->n_values++ == MAX_VALUES) {
        xenapi_value_destroy(&value);
        return false;
    }
    m->stack[m->n++] = value;
    return true;
}

/* Below the last mark nothing is taken. */
static size_t
floor_of(const struct machine *m)
{
    return m->n_marks ? m->marks[m->n_marks - 1] : 0;
}

static bool
push_text(struct machine *m, const void *text, size_t n)
{
    if (n > MAX_TEXT_BYTES || memchr(text, '\0', n) || utf8_check(text, n) != n) {
        return false;
    }
    return push(m, xenapi_string_nocopy(xmemdup0(text, n)));
}

/* The rest of the line; its end is skipped. */
static bool
read_line(struct machine *m, const char **line, size_t *n)
{
    const uint8_t *newline = memchr(m->at, '\n', m->end - m->at);

    if (!newline) {
        return false;
    }
    *line = (const char *) m->at;
    *n = newline - m->at;
    m->at = newline + 1;
    return true;
}

/* An unsigned number of 'size' bytes, little-endian. */
static bool
read_number(struct machine *m, size_t size, uint64_t *number)
{
    if (m->end - m->at < size) {
        return false;
    }
    *number = 0;
    for (size_t i = 0; i < size; i++) {
        *number |= (uint64_t) *m->at++ << (8 * i);
    }
    return true;
}

static bool
read_line_number(struct machine *m, int64_t *number)
{
    const char *line;
    size_t n;
    char text[24];

    if (!read_line(m, &line, &n) || n >= sizeof text) {
        return false;
    }
    n -= n && line[n - 1] == 'L';               /* of a long integer */
    memcpy(text, line, n);
    text[n] = '\0';
    return xenapi_int_parse(text, number);
}

static bool
read_counted_text(struct machine *m, size_t size)
{
    uint64_t n;

    if (!read_number(m, size, &n) || n > m->end - m->at) {
        return false;
    }
    m->at += n;
    return push_text(m, m->at - n, n);
}

static void
put_character(struct ds *text, uint32_t code)
{
    char bytes[4];

    ds_put_buffer(text, bytes, utf8_write(code, bytes));
}

/* A character as it is, in Latin-1, or as \uXXXX or \UXXXXXXXX. Returns its length in the line, 0 if it is none. */
static size_t
read_character(const char *line, size_t n, struct ds *text)
{
    size_t digits = n < 2 || line[0] != '\\' ? 0 : line[1] == 'u' ? 4 : line[1] == 'U' ? 8 : 0;
    unsigned long long int code = (uint8_t) line[0];
    bool ok = true;

    if (digits) {
        ok = n >= 2 + digits;
        code = ok ? hexits_value(line + 2, digits, &ok) : 0;
    }
    if (!ok || !code || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
        return 0;
    }
    put_character(text, code);
    return digits ? 2 + digits : 1;
}

/* V: a line of such characters. */
static bool
read_unicode_line(struct machine *m)
{
    struct ds text = DS_EMPTY_INITIALIZER;
    const char *line;
    size_t n;
    bool ok = read_line(m, &line, &n);

    for (size_t i = 0, length; ok && i < n; i += length) {
        length = read_character(line + i, n - i, &text);
        ok = length;
    }
    ok = ok && push_text(m, ds_cstr(&text), text.length);
    ds_destroy(&text);
    return ok;
}

/* S: in quotes. Only what needs no escapes is read. */
static bool
read_quoted_line(struct machine *m)
{
    const char *line;
    size_t n;

    return read_line(m, &line, &n) && n >= 2 && (line[0] == '\'' || line[0] == '"') && line[n - 1] == line[0]
        && !memchr(line, '\\', n) && push_text(m, line + 1, n - 2);
}

/* I: an int, or 00 and 01, which are booleans. */
static bool
read_int_line(struct machine *m)
{
    bool is_boolean = m->end - m->at >= 3 && m->at[0] == '0' && (m->at[1] == '0' || m->at[1] == '1') && m->at[2] == '\n';
    int64_t number;

    return read_line_number(m, &number) && push(m, is_boolean ? xenapi_bool(number) : xenapi_int(number));
}

static bool
read_int(struct machine *m, size_t size)
{
    uint64_t number;

    return read_number(m, size, &number) && push(m, xenapi_int(size == 4 ? (int32_t) number : (int64_t) number));
}

static bool
remember(struct machine *m, uint64_t place)
{
    const struct xenapi_value *top = m->n > floor_of(m) ? &m->stack[m->n - 1] : NULL;

    if (!top || place >= MAX_MEMO) {
        return false;
    }
    xenapi_value_destroy(&m->memo[place]);
    if (top->type != XENAPI_SET && top->type != XENAPI_MAP) {
        m->memo[place] = xenapi_value_clone(top);
    }
    return true;
}

static bool
recall(struct machine *m, uint64_t place)
{
    return place < MAX_MEMO && m->memo[place].type != XENAPI_VOID && push(m, xenapi_value_clone(&m->memo[place]));
}

static bool
read_place(struct machine *m, size_t size, bool (*use)(struct machine *, uint64_t place))
{
    uint64_t place;
    int64_t number;

    if (size) {
        return read_number(m, size, &place) && use(m, place);
    }
    return read_line_number(m, &number) && number >= 0 && use(m, number);
}

static bool
mark(struct machine *m)
{
    if (m->n_marks == MAX_STACK) {
        return false;
    }
    m->marks[m->n_marks++] = m->n;
    return true;
}

/* Makes the values from 'first' on a list. */
static bool
make_list(struct machine *m, size_t first)
{
    struct xenapi_value list = xenapi_set_create();

    for (size_t i = first; i < m->n; i++) {
        xenapi_set_add(&list, m->stack[i]);
    }
    m->n = first;
    return push(m, list);
}

static bool
make_tuple(struct machine *m, size_t n)
{
    return m->n - floor_of(m) >= n && make_list(m, m->n - n);
}

/* Puts the pairs from 'first' on into the dictionary below them. */
static bool
put_pairs(struct machine *m, size_t first)
{
    if (first <= floor_of(m) || (m->n - first) % 2 || m->stack[first - 1].type != XENAPI_MAP) {
        return false;
    }
    for (size_t i = first; i < m->n; i += 2) {
        if (m->stack[i].type != XENAPI_STRING) {
            return false;
        }
    }
    for (size_t i = first; i < m->n; i += 2) {
        xenapi_map_put(&m->stack[first - 1], m->stack[i].string, m->stack[i + 1]);
        xenapi_value_destroy(&m->stack[i]);
    }
    m->n = first;
    return true;
}

static bool
append(struct machine *m, size_t first)
{
    if (first <= floor_of(m) || m->stack[first - 1].type != XENAPI_SET) {
        return false;
    }
    for (size_t i = first; i < m->n; i++) {
        xenapi_set_add(&m->stack[first - 1], m->stack[i]);
    }
    m->n = first;
    return true;
}

/* Ends what began with the last mark. */
static bool
unmark(struct machine *m, bool (*use)(struct machine *, size_t first))
{
    size_t first;

    if (!m->n_marks) {
        return false;
    }
    first = m->marks[--m->n_marks];
    return use(m, first);
}

/* A dictionary of the pairs from 'first' on. */
static bool
make_dictionary(struct machine *m, size_t first)
{
    if (m->n == MAX_STACK) {
        return false;
    }
    memmove(&m->stack[first + 1], &m->stack[first], (m->n - first) * sizeof *m->stack);
    m->stack[first] = xenapi_map_create();
    m->n++;
    return put_pairs(m, first + 1);
}

static bool
skip(struct machine *m, size_t n)
{
    uint64_t ignored;

    return read_number(m, n, &ignored);
}

static bool
step(struct machine *m, uint8_t code)
{
    size_t n = m->n, floor = floor_of(m);

    switch (code) {
    case 0x80: return skip(m, 1);                                       /* PROTO */
    case 0x95: return skip(m, 8);                                       /* FRAME */
    case 'V': return read_unicode_line(m);
    case 'S': return read_quoted_line(m);
    case 'X': return read_counted_text(m, 4);
    case 0x8c: case 'U': return read_counted_text(m, 1);
    case 'I': case 'L': return read_int_line(m);
    case 'K': return read_int(m, 1);
    case 'M': return read_int(m, 2);
    case 'J': return read_int(m, 4);
    case 0x88: case 0x89: return push(m, xenapi_bool(code == 0x88));
    case 'N': return push(m, xenapi_nil());
    case 'p': return read_place(m, 0, remember);
    case 'q': return read_place(m, 1, remember);
    case 'r': return read_place(m, 4, remember);
    case 0x94: return remember(m, m->n_memo++);
    case 'g': return read_place(m, 0, recall);
    case 'h': return read_place(m, 1, recall);
    case 'j': return read_place(m, 4, recall);
    case '(': return mark(m);
    case ')': case ']': return push(m, xenapi_set_create());
    case '}': return push(m, xenapi_map_create());
    case 't': case 'l': return unmark(m, make_list);
    case 'd': return unmark(m, make_dictionary);
    case 0x85: case 0x86: case 0x87: return make_tuple(m, code - 0x84);
    case 's': return n - floor >= 3 && put_pairs(m, n - 2);
    case 'u': return unmark(m, put_pairs);
    case 'a': return n - floor >= 2 && append(m, n - 1);
    case 'e': return unmark(m, append);
    default: return false;
    }
}

static void
machine_destroy(struct machine *m)
{
    for (size_t i = 0; i < m->n; i++) {
        xenapi_value_destroy(&m->stack[i]);
    }
    for (size_t i = 0; i < MAX_MEMO; i++) {
        xenapi_value_destroy(&m->memo[i]);
    }
    free(m);
}

bool
pickle_read(const void *data, size_t n, struct xenapi_value *value)
{
    struct machine *m = xzalloc(sizeof *m);
    bool ok = true;

    m->at = data;
    m->end = m->at + n;
    while (ok && m->at < m->end && *m->at != '.') {
        ok = step(m, *m->at++);
    }
    ok = ok && m->end - m->at == 1 && m->n == 1 && !m->n_marks;
    if (ok) {
        *value = m->stack[0];
        m->n = 0;
    }
    machine_destroy(m);
    return ok;
}

/* In ASCII, so that no wire and no version of Python takes it for something else. */
static void
put_escaped(const char *text, struct ds *pickle)
{
    const char *end = text + strlen(text);
    uint32_t code;

    for (size_t n; (n = utf8_read(text, end - text, &code)); text += n) {
        if (code >= 0x10000) {
            ds_put_format(pickle, "\\U%08"PRIx32, code);
        } else if (code < 0x20 || code > 0x7e || code == '\\') {
            ds_put_format(pickle, "\\u%04"PRIx32, code);
        } else {
            ds_put_char(pickle, code);
        }
    }
}

static bool
is_plain(const char *text)
{
    while (*text >= 0x20 && *text <= 0x7e && *text != '\\' && *text != '\'') {
        text++;
    }
    return !*text;
}

char *
pickle_of_text(const char *text)
{
    struct ds pickle = DS_EMPTY_INITIALIZER;

    if (is_plain(text)) {
        ds_put_format(&pickle, "S'%s'", text);
    } else {
        ds_put_char(&pickle, 'V');
        put_escaped(text, &pickle);
    }
    ds_put_cstr(&pickle, "\np0\n.");
    return ds_steal_cstr(&pickle);
}
