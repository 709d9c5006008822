/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "directory/directory.h"

#include <stddef.h>

void
directory_destroy(struct directory *directory)
{
    if (directory) {
        directory->class->destroy(directory);
    }
}

void
directory_run(struct directory *directory, const struct directory_events *events)
{
    if (directory) {
        directory->class->run(directory, events);
    }
}

void
directory_wait(struct directory *directory)
{
    if (directory) {
        directory->class->wait(directory);
    }
}

enum directory_answer
directory_network(struct directory *directory, const char *bridge, struct directory_record *record)
{
    return directory ? directory->class->network(directory, bridge, record) : DIRECTORY_UNREACHABLE;
}

enum directory_answer
directory_pool(struct directory *directory, struct directory_record *record)
{
    return directory ? directory->class->pool(directory, record) : DIRECTORY_UNREACHABLE;
}

enum directory_answer
directory_vif(struct directory *directory, const char *uuid, struct directory_record *record)
{
    return directory ? directory->class->vif(directory, uuid, record) : DIRECTORY_UNREACHABLE;
}

enum directory_answer
directory_vm(struct directory *directory, const char *uuid, struct directory_record *record)
{
    return directory ? directory->class->vm(directory, uuid, record) : DIRECTORY_UNREACHABLE;
}

void
directory_flush(struct directory *directory)
{
    if (directory) {
        directory->class->flush(directory);
    }
}
