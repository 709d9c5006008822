/* SPDX-License-Identifier: Apache-2.0
 *
 * What the agent's files share: the agent, its bridges and its VIFs.
 */
#ifndef AGENT_AGENT_PRIVATE_H
#define AGENT_AGENT_PRIVATE_H 1

#include <stdbool.h>
#include <stdint.h>

#include <heap.h>
#include <openvswitch/hmap.h>
#include <openvswitch/list.h>
#include <openvswitch/shash.h>
#include <sset.h>

#include "agent/hands.h"
#include "agent/settings.h"
#include "base/backoff.h"
#include "switch/bundle.h"
#include "vif/times.h"
#include "vif/wish.h"
#include "wiring/bridge.h"
#include "wiring/vif.h"

/* A value of next_cfg that is known only when this turn's transaction has been committed. */
#define AGENT_CFG_PENDING INT64_MAX

struct switch_port;

/* A turn of more VIFs than these is a storm: the switch has read what it asks of a bridge's rules before anything is asked of its ports.
 * ovs-vswitchd reads a bundle's messages 50 at a time and looks at each port of the userspace datapath in between (3.1.0, ofconn_run(),
 * dpif_netdev_run()): ports that are there before their rules make the bundle slow. While it puts the bundle in force, ovsdb-server is at
 * work on the ports. For few VIFs it is faster to ask for both at once. */
enum { AGENT_CALM_VIFS = 8 };

/* A bridge with more VIFs than these is crowded: its switch's loop turns slowly, and each turn that it is woken for in vain is long. */
enum { AGENT_FEW_VIFS = 32 };

struct agent {
    struct switch_db *db;
    struct devices *devices;
    struct source *source;      /* all that there are (source/several.h); NULL until the settings are known */
    struct source *pool;        /* one of them: the pool database; NULL if there is none */
    struct source *rows;        /* one of them: what the switch's rows describe (source/rows.h) */
    struct settings settings;   /* known when 'source' is */
    struct sync *sync;          /* identities.c */
    char *root_prefix;          /* goes before the path of XAPI's cookie; NULL: nothing was said */
    char *settings_error;       /* why the settings as they stand are not followed, or NULL */

    struct hmap vifs;           /* of struct agent_vif by uuid */
    struct shash vifs_by_device; /* of struct agent_vif that are wished, by the wish's device */
    struct hmap vifs_by_port;   /* of struct agent_vif, by the device that they are or were on */
    struct ovs_list dirty;      /* of struct agent_vif: to be planned in this turn */
    bool storms;                /* many are */
    struct ovs_list writers;    /* of struct agent_vif that wait until rows can be written */
    struct ovs_list untold;     /* of struct agent_vif whose report the source could not take yet */
    struct ovs_list in_commit;  /* of struct agent_vif whose port is in the transaction that is under way */
    struct heap alarms;         /* of struct agent_vif that take a turn at a time of their own */
    struct ovs_list links_to_set_up, links_to_configure; /* of struct agent_vif, in this turn (links.h) */
    struct ovs_list unstored_bases, unstored_totals; /* of struct agent_vif, the earliest first (totals.c) */
    struct shash bridges;       /* of struct agent_bridge by name */
    struct sset strays;         /* ports with our mark that no VIF claims: to be removed */

    /* Ports that ovs-vswitchd may not have removed yet: next_cfg that tells, by name. Nothing can be added under such a name. */
    struct shash removals;
    int64_t startup_cfg;        /* what was asked of ovs-vswitchd before we came; -1 until known */
    int64_t seen_cfg;           /* what ovs-vswitchd had carried out in the last turn */
    bool had_lock;              /* at the end of the last turn */
    struct backoff writes;      /* of the switch database's refusals */
    struct ovs_list handed;     /* of struct handed: programs that wait for an answer (hand.c) */
};

/* Rules that were sent to a bridge. */
struct agent_rules {
    struct agent_bridge *bridge; /* NULL: none */
    uint32_t ofport;
    uint8_t generation;
    enum rules_variant variant;
    bool acked;
    bool unconfirmed;           /* sent on an earlier connection: there or not, the next listing tells */
    bool unknown;               /* it is not known what they were made from */
    bool sent_in_storm;
    struct vif_policy policy;   /* owned; of the rules that were sent last */
    char *described;            /* owned; policy and rate in words, or NULL until somebody asks */
    struct vif_rate rate;       /* of the meter that they name, or that polices the port */
    bool replaced;              /* with them went the flows of 'replaced_cookie' */
    uint64_t replaced_cookie;
    bool metered;               /* they name a meter */
};

struct agent_vif {
    struct hmap_node by_uuid;
    struct hmap_node by_port;   /* in 'vifs_by_port', by 'device' */

    /* When it takes its next turn (vif_wake.c). */
    struct ovs_list in_dirty;
    struct ovs_list in_writers;
    struct ovs_list in_senders; /* of a bridge whose bundle is on its way */
    struct ovs_list in_untold;
    struct heap_node alarm;
    long long int alarm_at;     /* 0: none */
    struct ovs_list in_links_to_set_up, in_links_to_configure;
    bool raise;                 /* in 'links_to_set_up': up, or down */

    struct ovs_list in_flight;  /* in the bridge's list while its rules are on their way, else empty */
    struct ovs_list on_bridge;  /* in 'bridge' */
    struct agent *agent;
    char uuid[UUID_TEXT_SIZE];
    char device[DEVICE_NAME_SIZE];
    struct vif_wish *wish;      /* NULL: nobody wants it any more */
    enum vif_origin origin;     /* of the wish, or of the last one */
    bool identity_is_anothers;  /* the identity in the port's row is whose it was before the port became the VIF's */
    bool goes_for_good;         /* its port is deleted when it goes, whoever had added it */
    struct agent_bridge *bridge; /* on which 'reserved' counts, or NULL */
    uint32_t reserved;
    struct hmap_node by_number; /* in 'bridge', if 'reserved' is not 0 */
    struct agent_rules rules;
    unsigned int gone_with;     /* the number of the bundle on 'bridge' that deletes the rules that it had last; 0: none */
    unsigned int configured_ifindex; /* the device whose addresses were taken away */
    struct tally *tally;        /* what its rules have decided */
    struct ovs_list in_unstored; /* empty if the source knows the totals */
    bool base_unstored;         /* it is in 'unstored_bases' */
    long long int store_at;     /* not before this */

    struct wiring_vif wiring;
    struct vif_times times;     /* of the last plug (vif_times.c) */
    bool times_are_final;       /* it has come to its end */
    struct ovs_list in_commit;
    bool port_was_right;        /* when it was seen last, and nothing has been asked of it since (hands.c) */
};

struct agent_bridge {
    struct agent *agent;
    char name[DEVICE_NAME_SIZE];
    struct vif_network network; /* as the last wish described it; uuid "" if none did */
    struct session *session;    /* NULL unless it is to be guarded and ready for it */
    struct safety_net *net;     /* while a bridge that was not guarded is made so, and shortly after; or NULL */
    bool can_have_net;          /* it speaks what that needs */
    bool was_secure;            /* in the time that we have guarded it */
    bool sends_ahead;           /* a bundle that is sent now is not to be put in force yet: the bridge is not secure */
    struct ofports *ofports;
    bool out_of_numbers;        /* VIFs wait for one to be given back */
    struct hmap numbered;       /* of struct agent_vif by 'reserved' */
    struct ovs_list vifs;       /* of struct agent_vif */
    struct ovs_list in_flight;  /* of struct agent_vif whose rules are in the bundle that is on its way */
    bool commits;               /* the switch has all of it */
    struct ovs_list senders;    /* of struct agent_vif that wait for the next bundle */

    int64_t needed_cfg;         /* ovs-vswitchd must have carried this out before the row counts as applied */
    unsigned int epoch;         /* of the session that the next three are about */
    bool base_sent, base_acked;
    bool confirmed;             /* what had been sent was compared with what the session found */
    bool leftovers_due;         /* what was found and is nobody's must be deleted still */
    struct hmap admitted;       /* of struct admitted_port */
    struct sset admitted_names; /* of their ports */
    struct hands hands;
    bool ports_changed;         /* the switch must be asked again which port has which number */
    unsigned int ports_seqno;   /* of the list that admission was made from; 0: none on this connection */
    struct hmap counted;        /* of struct counted_port: whose flows those of a port are or were */
    unsigned int connection;    /* the session's, that the tallies know of */
    long long int count_at;     /* the flows of all VIFs are counted again then */
    struct bundle bundle;       /* of this turn */
    unsigned int n_bundles;     /* that were sent */
    bool composing;             /* 'bundle' may be added to in this turn */
    bool unflushed;             /* what was sent in this turn has not been written yet */
    bool goes_first;            /* it is written before the turn's transaction */

    enum wiring_bridge_state state;
    char *reason;               /* or NULL */
    bool blocks_vifs;           /* 'reason' keeps VIFs from being wired */

    /* A rate is carried out by a meter there: the userspace datapath reads its frames before the kernel could police them. */
    bool has_meters;
};

/* bridge.c */

/* Finds or makes the bridge called 'name'. */
struct agent_bridge *agent_bridge(struct agent *, const char *name);
void agent_bridge_destroy(struct agent_bridge *);

void agent_bridge_use_network(struct agent_bridge *, const struct vif_network *network);
bool agent_bridge_takes_rules(const struct agent_bridge *);
bool agent_bridge_is_crowded(const struct agent_bridge *);
bool agent_bridge_is_guarded(const struct agent_bridge *);

/* bridge_turn.c */

/* Plans and begins this turn's bundle. Frees the bridge when nothing needs it and its row has gone. */
void agent_bridge_run(struct agent_bridge *);

/* Sends this turn's bundle, if there is anything in it, and writes what was sent. */
void agent_bridge_send(struct agent_bridge *);
void agent_bridge_flush(struct agent_bridge *);

/* bridge_session.c */

/* Each VIF on the bridge takes a turn. */
void agent_bridge_wake_vifs(struct agent_bridge *);

/* Takes in what the switch answered. In every turn: a session whose answers nobody takes wakes the loop again and again. */
void agent_bridge_hear(struct agent_bridge *);
void agent_bridge_wait(struct agent_bridge *);

/* A generation for flows of 'ofport' that differs from 'current' and from those that were found on the bridge. */
uint8_t agent_bridge_next_generation(const struct agent_bridge *, uint32_t ofport, uint8_t current);

/* The bridge is to be built up anew: settings have changed. */
void agent_bridge_restart(struct agent_bridge *);

/* The same if there is a bridge of that name that the agent talks to: it has none to talk to any more. */
void agent_bridge_let_go(struct agent *, const char *name);

/* admission.c */

/* Brings admission of ports that are no VIFs up to date in this turn's bundle, when the switch has told which port has which number. */
void admission_run(struct agent_bridge *);

/* What is wrong with the setting for foreign ports of this bridge, or NULL. They are dark then. */
struct error *admission_problem(const struct agent_bridge *);

bool admission_has(const struct agent_bridge *, uint32_t ofport);
bool admission_has_name(const struct agent_bridge *, const char *port);

/* What was sent is not known to be there any more. */
void admission_forget(struct agent_bridge *);

/* vif.c */
struct agent_vif *agent_vif_find(struct agent *, const char *uuid);

/* Owns 'wish' afterwards. */
void agent_vif_wish(struct agent *, struct vif_wish *wish);
void agent_vif_withdraw(struct agent *, const char *uuid);
void agent_vif_destroy(struct agent_vif *);

/* Those that are on that device, or were and have not let go of it, take a turn. */
void agent_wake_port(struct agent *, const char *device);

/* vif_wake.c */
void agent_vif_init_wakes(struct agent_vif *);
void agent_vif_forget_wakes(struct agent_vif *);

/* The VIF takes a turn when the loop turns next; or has the loop turn at once. */
void agent_vif_dirty(struct agent_vif *);
void agent_vif_look_again(struct agent_vif *);

/* The VIF takes a turn when its rows can be written. */
void agent_vif_await_write(struct agent_vif *);
void agent_wake_writers(struct agent *);

/* The VIF takes a turn when the bridge's next bundle can be added to. */
void agent_vif_await_bundle(struct agent_vif *, struct agent_bridge *);
void agent_bridge_wake_senders(struct agent_bridge *);

/* Whether the source has taken the VIF's report. */
void agent_vif_set_told(struct agent_vif *, bool told);
bool agent_vif_is_untold(const struct agent_vif *);

/* The VIF takes a turn at that time; 0 for no time of its own. */
void agent_vif_set_alarm(struct agent_vif *, long long int at);
void agent_run_alarms(struct agent *);
void agent_wait_for_alarms(const struct agent *);

/* vif_turn.c */

/* Takes a turn, carries out what can be done now, and reports. Frees the VIF when nothing wants it and nothing is left of it. */
void agent_vif_run(struct agent_vif *);

/* Reports again those that the source could not take, as far as it can now. */
void agent_tell_untold(struct agent *);

/* What leads on from here, in words, "" for nothing; the caller's to free. 'next_try' becomes the time until which backoff waits, or stays as it
 * is. */
char *agent_vif_waits_for(const struct agent_vif *, long long int *next_try);

/* vif_numbers.c */

/* A port has come, gone or changed: the numbers that it has and asks for are given to no VIF (switch/ofports.h). One whose number it has takes
 * a turn. */
void agent_note_numbers(struct agent *, const char *port);

/* The same for all ports; of those that are not there any more nobody tells. */
void agent_forget_numbers(struct agent *);

/* The bridge on which the VIF's number counts. Leaving gives the number back. */
void agent_vif_join_bridge(struct agent_vif *, struct agent_bridge *);
void agent_vif_leave_bridge(struct agent_vif *);

/* The VIF of the bridge that has that number, or NULL. */
struct agent_vif *agent_bridge_vif_of_number(const struct agent_bridge *, uint32_t ofport);

/* False if the bridge has none left: the VIF is woken when one is given back. */
bool agent_vif_reserve_ofport(struct agent_vif *);

/* The VIF's number becomes 'ofport', which its port has; false if another VIF of the bridge has that one. */
bool agent_vif_keep_ofport(struct agent_vif *, uint32_t ofport);
void agent_vif_forget_ofport(struct agent_vif *);

/* vif_view.c */

struct device;

/* Finds the VIF's device. That of a VIF which a program hands over, or describes, is there when the kernel has it: udev may wait for
 * that very program. */
bool agent_vif_device(const struct agent_vif *, struct device *device);

/* Looks at device, port, bridge and rules. Makes the bridge known that the wish names, and keeps the number of a port that is ours
 * already. */
void agent_vif_see(struct agent_vif *, struct wiring_vif_seen *seen);

/* The same for the number that the VIF has on its bridge, and the rules for it, alone. */
void agent_vif_see_number(const struct agent_vif *, struct wiring_vif_seen *seen);

struct switch_vif_row;

/* Fills '*row' with what the VIF's rows must say; it points into 'vif' and 'mac'. */
void agent_vif_row(const struct agent_vif *, unsigned int ifindex, char mac[MAC_TEXT_SIZE], struct switch_vif_row *row);

/* vif_rules.c */

/* Adds the wish's rules to this turn's bundle, and the removal of what they replace; or takes what is there already. Both: false if the VIF
 * must wait for a bundle, which wakes it. */
bool agent_vif_put_rules(struct agent_vif *);
bool agent_vif_delete_rules(struct agent_vif *);

/* True while the bundle that deletes the VIF's rules is on its way. The VIF takes a turn when it has arrived. */
bool agent_vif_rules_are_going(const struct agent_vif *);

/* A VIF whose wish does not parse takes the flows of that generation, which were found on the bridge, for its own: they stay. False if it
 * has rules already. */
bool agent_vif_keep_rules(struct agent_vif *, uint8_t generation);

/* The session has listed its flows: the VIF's rules are there as they were sent, or they are not known to be there. */
void agent_vif_confirm_rules(struct agent_vif *);

/* Nothing is known of what was sent until the next listing. */
void agent_vif_doubt_rules(struct agent_vif *);

/* What was sent to the bridge is not known to be there any more. */
void agent_vif_forget_rules(struct agent_vif *);

/* What the rules let pass, in words: policy and rate. Valid as long as the rules. */
const char *agent_rules_describe(struct agent_rules *);


/* vif_times.c */

/* A port is being added: the plug that is under way, if one is, waits for the database. */
void agent_vif_begin_times(struct agent_vif *);

/* The plug that is under way, if one is, has come so far; or it has not, after all. */
void agent_vif_note_stage(struct agent_vif *, enum vif_stage);
void agent_vif_forget_stage(struct agent_vif *, enum vif_stage);

/* The transaction that was under way has ended. */
void agent_note_commit(struct agent *);

/* After each turn. */
void agent_vif_see_times(struct agent_vif *, const struct wiring_vif_seen *);

/* What there is to tell of the plug, or NULL: an agent that has come later knows nothing of it. */
const struct vif_times *agent_vif_times(const struct agent_vif *);

/* totals.c */

struct counts;

void totals_init(struct agent_bridge *);
void totals_destroy(struct agent_bridge *);

/* Takes in what flows told that have gone. */
void totals_hear(struct agent_bridge *);

/* Counts the flows of all VIFs now and then, so that little is lost when ovs-vswitchd dies. */
void totals_run(struct agent_bridge *);
void totals_wait(const struct agent_bridge *);

/* Begins a VIF's totals with what the source has kept of them. */
void totals_load(struct agent_vif *);

/* Gives the source what has changed. */
void totals_store(struct agent *);
void totals_wait_to_store(const struct agent *);

/* The flows of 'ofport' are the VIF's from now on, also when they go. If it is the first time on this connection, what the session
 * found there is looked at. */
void totals_note_port(struct agent_vif *, uint32_t ofport);

/* What the flows of the VIF's port had counted when the session listed them. */
void totals_look_at_listed(struct agent_vif *);
void totals_look(struct agent_vif *, const struct counts *counts);

/* control.c */
void control_register(struct agent *);

/* agent.c */
bool agent_can_write(const struct agent *);

/* Each VIF takes a turn. */
void agent_wake_all(struct agent *);

/* follow.c */

/* Reads the settings, and follows whom they say from now on. */
void follow_settings(struct agent *);

/* strays.c */

/* Looks at a port that carries a VIF's mark. */
void strays_note(struct agent *, const char *name, const struct switch_port *port);

/* Gives back or removes those that no VIF claims. */
void strays_run(struct agent *);

/* carried_out.c */

/* What was asked of ovs-vswitchd before the agent came; known once the database is. */
void carried_out_note_startup(struct agent *);

/* Takes in what ovs-vswitchd has carried out. */
void carried_out_run(struct agent *);

/* True if ovs-vswitchd has carried out everything up to 'cfg', and what was asked of it before the agent came. */
bool agent_is_carried_out(const struct agent *, int64_t cfg);

/* A Port row was deleted in this turn. */
void agent_note_removal(struct agent *, const char *port);
bool agent_removal_is_pending(const struct agent *, const char *port);

#endif
