/* SPDX-License-Identifier: Apache-2.0
 *
 * The command table for programs: the manual page's tables are made from it.
 */
#include <config.h>

#include "cli/help.h"

#include <stdlib.h>

#include <openvswitch/dynamic-string.h>
#include <openvswitch/json.h>
#include <util.h>

#include "cli/command.h"
#include "timeline/stages.h"

static const char *
kind_name(enum command_kind kind)
{
    switch (kind) {
    case COMMAND_TEXT: return "text";
    case COMMAND_NUMBER: return "number";
    case COMMAND_LIST: return "list";
    case COMMAND_WORD: return "word";
    case COMMAND_NETWORK: return "network";
    case COMMAND_VIF: return "vif";
    case COMMAND_VM: return "vm";
    case COMMAND_HOST: return "host";
    case COMMAND_BRIDGE: return "bridge";
    case COMMAND_FILE: return "file";
    case COMMAND_WORDS_OF_COMMAND: return "command";
    }
    OVS_NOT_REACHED();
}

static struct json *
words_json(const char *const *words)
{
    struct json *array = json_array_create_empty();

    while (words && *words) {
        json_array_add(array, json_string_create(*words++));
    }
    return array;
}

static void
put_optional(struct json *object, const char *name, const char *text)
{
    json_object_put(object, name, text ? json_string_create(text) : json_null_create());
}

static struct json *
arguments_json(const struct command_argument *argument)
{
    struct json *array = json_array_create_empty();

    for (; argument->name; argument++) {
        struct json *object = json_object_create();

        json_object_put_string(object, "name", argument->name);
        json_object_put_string(object, "kind", kind_name(argument->kind));
        json_object_put(object, "words", words_json(argument->words));
        json_object_put(object, "optional", json_boolean_create(argument->optional));
        json_object_put(object, "repeated", json_boolean_create(argument->repeated));
        json_array_add(array, object);
    }
    return array;
}

static struct json *
options_json(const struct command_option *option)
{
    struct json *array = json_array_create_empty();

    for (; option->name; option++) {
        struct json *object = json_object_create();

        json_object_put_string(object, "name", option->name);
        put_optional(object, "value", option->value);
        put_optional(object, "kind", option->value ? kind_name(option->kind) : NULL);
        json_object_put(object, "words", words_json(option->words));
        json_object_put(object, "required", json_boolean_create(option->required));
        json_object_put_string(object, "summary", option->summary);
        json_array_add(array, object);
    }
    return array;
}

static struct json *
notes_json(const struct command_note *note)
{
    struct json *array = json_array_create_empty();

    for (; note->name; note++) {
        struct json *object = json_object_create();

        json_object_put_string(object, "name", note->name);
        json_object_put_string(object, "summary", note->summary);
        json_array_add(array, object);
    }
    return array;
}

static struct json *
command_json(const struct command *command)
{
    struct json *object = json_object_create();
    char *synopsis = help_synopsis(command);

    json_object_put_string(object, "noun", command->noun);
    put_optional(object, "verb", command->verb);
    json_object_put_string(object, "synopsis", synopsis);
    json_object_put_string(object, "summary", command->summary);
    put_optional(object, "details", command->details);
    json_object_put(object, "arguments", arguments_json(command->arguments));
    json_object_put(object, "options", options_json(command->options));
    free(synopsis);
    return object;
}

/* Of `cable timeline`. */
static struct json *
stages_json(void)
{
    struct json *array = json_array_create_empty();

    for (enum timeline_stage stage = 0; stage < TIMELINE_N_STAGES; stage++) {
        struct json *object = json_object_create();

        json_object_put_string(object, "name", timeline_stages[stage].word);
        json_object_put_string(object, "summary", timeline_stages[stage].what);
        json_array_add(array, object);
    }
    return array;
}

void
help_format_json(struct ds *out)
{
    struct json *object = json_object_create();
    struct json *array = json_array_create_empty();

    for (size_t i = 0; i < commands_n; i++) {
        if (!commands[i].hidden) {
            json_array_add(array, command_json(&commands[i]));
        }
    }
    json_object_put_string(object, "program", "cable");
    json_object_put(object, "commands", array);
    json_object_put(object, "options", options_json(command_globals));
    json_object_put(object, "environment", notes_json(command_environment));
    json_object_put(object, "exit_status", notes_json(command_statuses));
    json_object_put(object, "stages", stages_json());
    json_to_ds(object, JSSF_PRETTY | JSSF_SORT, out);
    ds_put_char(out, '\n');
    json_destroy(object);
}
