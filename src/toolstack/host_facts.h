/* SPDX-License-Identifier: Apache-2.0
 *
 * What this machine says of itself, as XenAPI's host and host_metrics have it: processors, memory, what guests it can run, and which version
 * it claims to be. The version is XCP-ng's 8.2, because clients choose by it what they ask for, and this is what is served here.
 */
#ifndef TOOLSTACK_HOST_FACTS_H
#define TOOLSTACK_HOST_FACTS_H

#include <stdint.h>
#include <stdio.h>

#include <smap.h>
#include <svec.h>

struct host_facts {
    char *hostname;
    struct smap software_version, cpu_info;
    struct svec capabilities;
    int64_t memory_total, memory_free;  /* bytes */
};

/* Reads them from the kernel. What it does not tell is left out. */
void host_facts_read(struct host_facts *);
void host_facts_destroy(struct host_facts *);

/* The value of 'key' in a file like /proc/meminfo, in bytes; 0 if it is not there. */
int64_t host_facts_memory(FILE *meminfo, const char *key);

/* Puts into 'cpu_info' what a file like /proc/cpuinfo tells: cpu_count, socket_count, threads_per_core, vendor, modelname, family, model,
 * stepping, speed, flags. */
void host_facts_cpus(FILE *cpuinfo, struct smap *cpu_info);

#endif
