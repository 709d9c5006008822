/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/toolstack.h"

#include <stdlib.h>

#include <openvswitch/poll-loop.h>
#include <openvswitch/vlog.h>
#include <timeval.h>
#include <util.h>

#include "base/error.h"
#include "objects/objects.h"
#include "pool/commit.h"
#include "pool/replica.h"
#include "timeline/watch.h"
#include "toolstack/life.h"
#include "toolstack/simple.h"
#include "toolstack/start_times.h"
#include "toolstack/toolstack-private.h"

VLOG_DEFINE_THIS_MODULE(toolstack);

/* A verb that is one change, on its way. */
struct simple {
    struct ovs_list node;
    struct simple_call *call;
    bool is_queued;             /* until those before it are written */
    struct pool_commit *commit; /* NULL: it is queued, the change is made, or it needs none */
    struct error *error;
    toolstack_done_fn *done;
    void *aux;
};

struct toolstack *
toolstack_create(struct pool *pool, struct objects *objects, struct domains *domains, const struct toolstack_config *config)
{
    struct toolstack *ts = xzalloc(sizeof *ts);

    ts->pool = pool;
    ts->objects = objects;
    ts->domains = domains;
    ts->has_wanted = config->host;
    ts->wanted = config->host ? *config->host : UUID_ZERO;
    ts->storage = xstrdup(config->storage);
    ts->wire_ms = config->wire_ms;
    host_facts_read(&ts->facts);
    verb_calls_init(&ts->calls);
    ovs_list_init(&ts->simple);
    vm_index_create(&ts->index, pool);
    ts->ids.max = DOMAIN_MAX_ID;
    hmap_init(&ts->lives);
    ovs_list_init(&ts->dirty);
    ovs_list_init(&ts->busy);
    ovs_list_init(&ts->watching);
    ts->watches = timeline_watches_create();
    ts->why_not = xstrdup("the pool database has not answered yet");
    return ts;
}

static void
simple_destroy(struct simple *simple)
{
    ovs_list_remove(&simple->node);
    pool_commit_destroy(simple->commit);
    free(simple);
}

void
toolstack_destroy(struct toolstack *ts)
{
    struct simple *simple;
    struct life *life;

    LIST_FOR_EACH_SAFE (simple, node, &ts->simple) {
        struct xenapi_reply reply = simple_call_finish(simple->call, simple->error);

        xenapi_reply_destroy(&reply);
        simple_destroy(simple);
    }
    HMAP_FOR_EACH_SAFE (life, node, &ts->lives) {
        life_destroy(ts, life);
    }
    hmap_destroy(&ts->lives);
    timeline_watches_destroy(ts->watches);
    verb_calls_destroy(&ts->calls);
    pool_commit_destroy(ts->rows_commit);
    host_facts_destroy(&ts->facts);
    free(ts->why_not);
    free(ts->storage);
    free(ts);
}

const char *
toolstack_is_not_ready(const struct toolstack *ts)
{
    return ts->is_ready ? NULL : ts->why_not;
}

const struct uuid *
toolstack_host(const struct toolstack *ts)
{
    return &ts->host;
}

/* Devices of agents and of domains, and VMs that are about to get one. */
static bool
domid_is_taken(unsigned int domid, const void *ts_)
{
    const struct toolstack *ts = ts_;

    return domains_has_id(ts->domains, domid) || vm_index_has_domid(&ts->index, domid);
}

unsigned int
toolstack_next_domid(struct toolstack *ts)
{
    return domain_ids_next(&ts->ids, domid_is_taken, ts);
}

/* One write at a time: what is looked at in other rows is what is committed, so that of two VIFs with one device the second is refused. */
static void
begin_queued(struct toolstack *ts)
{
    struct simple *simple;

    LIST_FOR_EACH (simple, node, &ts->simple) {
        if (simple->commit) {
            return;
        }
        if (simple->is_queued) {
            simple->is_queued = false;
            simple->commit = pool_commit_begin(ts->pool, simple_call_change, simple->call, TOOLSTACK_WRITE_MS);
            return;
        }
    }
}

static void
begin_simple(struct toolstack *ts, const struct verb *verb, const struct xenapi_value *params, toolstack_done_fn *done, void *aux)
{
    struct simple *simple = xzalloc(sizeof *simple);

    simple->call = simple_call_create(&ts->context, verb, params);
    simple->done = done;
    simple->aux = aux;
    ovs_list_push_back(&ts->simple, &simple->node);
    if (simple_call_writes(simple->call)) {
        simple->is_queued = true;
        begin_queued(ts);
    } else {
        simple->error = simple_call_change(ts->pool, NULL, simple->call);
    }
}

/* The VM that a verb concerns; a VIF without one stands for itself. */
static struct uuid
vm_of(const struct toolstack *ts, const struct verb_call *call)
{
    const struct poolrec_vif *vif = poolrec_vif_get_for_uuid(pool_idl(ts->pool), &call->self);

    return vif && vif->VM ? vif->VM->header_.uuid : call->self;
}

void
toolstack_call(struct toolstack *ts, const struct verb *verb, const struct xenapi_value *params, const struct uuid *task,
               toolstack_done_fn *done, void *aux)
{
    if (simple_has(verb->id)) {
        begin_simple(ts, verb, params, done, aux);
    } else {
        struct verb_call *call = verb_call_create(&ts->calls, verb, params, task, done, aux);
        struct uuid vm = vm_of(ts, call);

        life_add_call(ts, life_get(ts, &vm), call);
    }
    poll_immediate_wake();
}

double
toolstack_progress(const struct toolstack *ts, const struct uuid *task)
{
    const struct verb_call *call = verb_calls_find(&ts->calls, task);
    const struct uuid vm = call ? vm_of(ts, call) : UUID_ZERO;
    const struct life *life = call ? life_find(ts, &vm) : NULL;

    return !life || call->phase != CALL_UNDER_WAY ? 0.0 : !life->has_domain ? 0.1 : life->domain_state == DOMAIN_BUILDING ? 0.3 : 0.6;
}

bool
toolstack_cancel(struct toolstack *ts, const struct uuid *task)
{
    struct verb_call *call = verb_calls_find(&ts->calls, task);
    struct uuid vm = call ? vm_of(ts, call) : UUID_ZERO;
    struct life *life = call ? life_find(ts, &vm) : NULL;

    return life && life_cancel(ts, life, call);
}

static void
run_simple(struct toolstack *ts)
{
    struct simple *simple;

    LIST_FOR_EACH_SAFE (simple, node, &ts->simple) {
        if (simple->commit) {
            if (!pool_commit_run(simple->commit, &simple->error)) {
                continue;
            }
            simple->commit = NULL;
            begin_queued(ts);
        }
        if (!simple->is_queued && (simple->error || simple_call_run(simple->call))) {
            struct xenapi_reply reply = simple_call_finish(simple->call, simple->error);
            toolstack_done_fn *done = simple->done;
            void *aux = simple->aux;

            simple_destroy(simple);
            done(reply, aux);
        }
    }
}

static void
say_why_not(struct toolstack *ts, struct error *error)
{
    if (strcmp(ts->why_not, error->text)) {
        VLOG_WARN("not ready: %s", error->text);
    }
    free(ts->why_not);
    ts->why_not = xstrdup(error->text);
    error_free(error);
}

/* Once it is known, another host that joins the pool, or is called the same, changes nothing. */
static struct error *
choose_host(struct toolstack *ts)
{
    bool is_known = ts->is_ready && poolrec_host_get_for_uuid(pool_idl(ts->pool), &ts->host);

    return is_known ? NULL : host_rows_choose(ts->pool, ts->has_wanted ? &ts->wanted : NULL, ts->facts.hostname, &ts->host);
}

static void
begin_rows(struct toolstack *ts)
{
    struct error *error = choose_host(ts);

    if (error) {
        say_why_not(ts, error);
        return;
    }
    ts->context = (struct simple_context) { .pool = ts->pool, .objects = ts->objects, .host = &ts->host, .storage = ts->storage };
    ts->rows = (struct host_rows) { .host = ts->host, .facts = &ts->facts, .storage = ts->storage, .now = time_wall() };
    ts->rows_commit = pool_commit_begin(ts->pool, host_rows_write, &ts->rows, TOOLSTACK_WRITE_MS);
}

/* Until this host's rows are there nothing else is done. When others have taken some away they are made good. */
static void
run_rows(struct toolstack *ts)
{
    struct error *error;

    if (!ts->rows_commit && (!ts->is_ready || ts->rows_are_due) && pool_is_synced(ts->pool)) {
        ts->rows_are_due = false;
        begin_rows(ts);
    }
    if (ts->rows_commit && pool_commit_run(ts->rows_commit, &error)) {
        ts->rows_commit = NULL;
        if (error) {
            say_why_not(ts, error);
        } else if (!ts->is_ready) {
            VLOG_INFO("host="UUID_FMT": ready", UUID_ARGS(&ts->host));
            ts->is_ready = true;
        }
    }
}

static void
wake_vm(struct toolstack *ts, const struct uuid *vm)
{
    life_wake(ts, life_get(ts, vm));
}

/* Whether this host's own rows may lack something now (toolstack/host_rows.h). */
static bool
concerns_rows(const struct toolstack *ts, const struct object_change *change)
{
    const struct poolrec_vm *vm;

    switch ((int) change->class) {
    case XENAPI_CLASS_VM:
        vm = poolrec_vm_get_for_uuid(pool_idl(ts->pool), change->uuid);
        return !vm || !vm->metrics;
    case XENAPI_CLASS_pool:
    case XENAPI_CLASS_host_metrics:
    case XENAPI_CLASS_SR:
    case XENAPI_CLASS_PBD: return !change->object;
    }
    return false;
}

/* A VIF's change is its VM's. That of a VIF that is gone comes with its VM, whose VIFs are others then. */
static void
object_changed(const struct object_change *change, void *ts_)
{
    struct toolstack *ts = ts_;

    ts->generation = MAX(ts->generation, change->generation);
    ts->rows_are_due |= concerns_rows(ts, change);
    if (change->class == XENAPI_CLASS_VM) {
        wake_vm(ts, change->uuid);
    } else if (change->class == XENAPI_CLASS_VIF && change->object) {
        const struct poolrec_vif *vif = poolrec_vif_get_for_uuid(pool_idl(ts->pool), change->uuid);

        if (vif && vif->VM) {
            wake_vm(ts, &vif->VM->header_.uuid);
        }
    }
}

static void
wake_all(struct toolstack *ts)
{
    const struct poolrec_vm *vm;
    struct domain *domain;

    POOLREC_VM_FOR_EACH (vm, pool_idl(ts->pool)) {
        wake_vm(ts, &vm->header_.uuid);
    }
    for (domain = domains_first(ts->domains); domain; domain = domains_next(ts->domains, domain)) {
        wake_vm(ts, domain_vm(domain));
    }
    ts->generation = objects_generation(ts->objects);
    ts->has_seen = true;
}

static void
see_objects(struct toolstack *ts)
{
    if (!ts->has_seen || !objects_changed_since(ts->objects, ts->generation, object_changed, ts)) {
        wake_all(ts);
    }
}

/* A domain tells of its state; of its VIFs only that something is different. */
static bool
is_news(const struct life *life, const struct domain *domain)
{
    return !life->has_domain || life->domain_state != domain_state(domain) || !ovs_list_is_empty(&life->calls);
}

static void
see_domains(struct toolstack *ts)
{
    struct domain *domain;

    if (ts->domains_seqno == domains_seqno(ts->domains)) {
        return;
    }
    ts->domains_seqno = domains_seqno(ts->domains);
    for (domain = domains_first(ts->domains); domain; domain = domains_next(ts->domains, domain)) {
        struct life *life = life_get(ts, domain_vm(domain));

        if (is_news(life, domain)) {
            life_wake(ts, life);
        }
    }
}

/* The ends of writes, deadlines, and what the agent has written. */
static void
see_busy(struct toolstack *ts)
{
    bool has_news = ts->pool_seqno != pool_seqno(ts->pool);
    long long int now = time_msec();
    struct life *life;

    ts->pool_seqno = pool_seqno(ts->pool);
    LIST_FOR_EACH (life, busy, &ts->busy) {
        struct error *error;

        if (life->write.commit && pool_commit_run(life->write.commit, &error)) {
            life_write_ended(ts, life, error);
        }
        if (has_news || (life->wake_at && now >= life->wake_at)) {
            life_wake(ts, life);
        }
    }
}

static void
see_frames(struct toolstack *ts)
{
    struct life *life;

    timeline_watches_run(ts->watches);
    LIST_FOR_EACH_SAFE (life, watching, &ts->watching) {
        start_times_run(ts, life);
    }
}

static void
run_dirty(struct toolstack *ts)
{
    struct ovs_list dirty;

    ovs_list_init(&dirty);
    ovs_list_push_back_all(&dirty, &ts->dirty);
    while (!ovs_list_is_empty(&dirty)) {
        struct life *life = CONTAINER_OF(ovs_list_pop_front(&dirty), struct life, dirty);

        ovs_list_init(&life->dirty);
        life_turn(ts, life);
    }
}

void
toolstack_run(struct toolstack *ts)
{
    run_rows(ts);
    if (!ts->is_ready) {
        return;
    }
    run_simple(ts);
    see_objects(ts);
    see_domains(ts);
    see_busy(ts);
    see_frames(ts);
    run_dirty(ts);
}

static void
wait_simple(const struct toolstack *ts)
{
    struct simple *simple;

    LIST_FOR_EACH (simple, node, &ts->simple) {
        if (simple->commit) {
            pool_commit_wait(simple->commit);
        } else if (simple->error) {
            poll_immediate_wake();
        } else {
            simple_call_wait(simple->call);
        }
    }
}

void
toolstack_wait(struct toolstack *ts)
{
    struct life *life;

    if (ts->rows_commit) {
        pool_commit_wait(ts->rows_commit);
    }
    wait_simple(ts);
    if (!ovs_list_is_empty(&ts->dirty)) {
        poll_immediate_wake();
    }
    LIST_FOR_EACH (life, busy, &ts->busy) {
        if (life->write.commit) {
            pool_commit_wait(life->write.commit);
        }
        if (life->wake_at) {
            poll_timer_wait_until(life->wake_at);
        }
    }
    timeline_watches_wait(ts->watches);
    LIST_FOR_EACH (life, watching, &ts->watching) {
        start_times_wait(life);
    }
}
