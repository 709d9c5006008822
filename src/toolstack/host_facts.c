/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/host_facts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include <sset.h>
#include <util.h>

int64_t
host_facts_memory(FILE *meminfo, const char *key)
{
    char line[256];

    rewind(meminfo);
    while (fgets(line, sizeof line, meminfo)) {
        char name[64];
        int64_t kbytes;

        if (sscanf(line, "%63[^:]: %"SCNd64" kB", name, &kbytes) == 2 && !strcmp(name, key)) {
            return kbytes * 1024;
        }
    }
    return 0;
}

/* Splits "model name\t: Some CPU\n"; false if the line is none of that form. */
static bool
split(char *line, char **name, char **value)
{
    char *colon = strchr(line, ':');

    if (!colon) {
        return false;
    }
    *name = line;
    *value = colon + 1 + strspn(colon + 1, " \t");
    (*value)[strcspn(*value, "\n")] = '\0';
    while (colon > line && (colon[-1] == ' ' || colon[-1] == '\t')) {
        colon--;
    }
    *colon = '\0';
    return true;
}

static void
take_line(const char *name, const char *value, struct smap *cpu_info)
{
    static const struct { const char *name, *key; } words[] = {
        { "vendor_id", "vendor" }, { "model name", "modelname" }, { "cpu family", "family" }, { "model", "model" },
        { "stepping", "stepping" }, { "cpu MHz", "speed" }, { "flags", "flags" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (!strcmp(words[i].name, name)) {
            smap_add_once(cpu_info, words[i].key, value);
        }
    }
}

struct counts {
    unsigned int cpus, siblings, cores;
    struct sset sockets;
};

static void
count_line(const char *name, const char *value, struct counts *counts)
{
    if (!strcmp(name, "processor")) {
        counts->cpus++;
    } else if (!strcmp(name, "physical id")) {
        sset_add(&counts->sockets, value);
    } else if (!strcmp(name, "siblings")) {
        counts->siblings = strtoul(value, NULL, 10);
    } else if (!strcmp(name, "cpu cores")) {
        counts->cores = strtoul(value, NULL, 10);
    }
}

static void
put_counts(const struct counts *counts, struct smap *cpu_info)
{
    smap_add_format(cpu_info, "cpu_count", "%u", counts->cpus);
    smap_add_format(cpu_info, "socket_count", "%"PRIuSIZE, MAX(1, sset_count(&counts->sockets)));
    smap_add_format(cpu_info, "threads_per_core", "%u", counts->cores ? MAX(1, counts->siblings / counts->cores) : 1);
}

void
host_facts_cpus(FILE *cpuinfo, struct smap *cpu_info)
{
    struct counts counts = { .sockets = SSET_INITIALIZER(&counts.sockets) };
    char *line = NULL, *name, *value;
    size_t allocated = 0;

    while (getline(&line, &allocated, cpuinfo) > 0) {
        if (split(line, &name, &value)) {
            take_line(name, value, cpu_info);
            count_line(name, value, &counts);
        }
    }
    free(line);
    put_counts(&counts, cpu_info);
    sset_destroy(&counts.sockets);
}

static void
read_memory(struct host_facts *facts)
{
    FILE *file = fopen("/proc/meminfo", "r");

    if (file) {
        facts->memory_total = host_facts_memory(file, "MemTotal");
        facts->memory_free = host_facts_memory(file, "MemAvailable");
        fclose(file);
    }
}

static void
read_cpus(struct host_facts *facts)
{
    FILE *file = fopen("/proc/cpuinfo", "r");

    if (file) {
        host_facts_cpus(file, &facts->cpu_info);
        fclose(file);
    }
}

static void
set_version(struct smap *version, const struct utsname *name)
{
    smap_add(version, "product_brand", "Cabled");
    smap_add(version, "product_version", "8.2.0");
    smap_add(version, "product_version_text", "8.2");
    smap_add(version, "platform_name", "XCP");
    smap_add(version, "platform_version", "3.2.0");
    smap_add(version, "build_number", CABLED_VERSION);
    smap_add(version, "xapi", "1.20");
    smap_add(version, "network_backend", "openvswitch");
    smap_add(version, "linux", name->release);
    smap_add(version, "hostname", name->nodename);
}

void
host_facts_read(struct host_facts *facts)
{
    struct utsname name;

    *facts = (struct host_facts) { .hostname = NULL };
    smap_init(&facts->software_version);
    smap_init(&facts->cpu_info);
    svec_init(&facts->capabilities);
    uname(&name);
    facts->hostname = xstrdup(name.nodename);
    set_version(&facts->software_version, &name);
    svec_add_nocopy(&facts->capabilities, xasprintf("hvm-3.0-%s", name.machine));
    svec_add_nocopy(&facts->capabilities, xasprintf("xen-3.0-%s", name.machine));
    read_memory(facts);
    read_cpus(facts);
}

void
host_facts_destroy(struct host_facts *facts)
{
    free(facts->hostname);
    smap_destroy(&facts->software_version);
    smap_destroy(&facts->cpu_info);
    svec_destroy(&facts->capabilities);
}
