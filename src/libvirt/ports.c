/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "libvirt/ports.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "libvirt/domain.h"

static bool
is(const char *text, const char *word)
{
    return text && !strcmp(text, word);
}

static bool
is_on_switch(const struct libvirt_interface *interface)
{
    return is(interface->virtual_port, "openvswitch");
}

static bool
is_handed(const struct libvirt_interface *interface)
{
    return is(interface->type, "ethernet");
}

static bool
is_meant(const struct libvirt_vif *vif, const struct libvirt_interface *interface)
{
    return vif->mac ? interface->mac && !strcasecmp(vif->mac, interface->mac) : is(interface->alias, vif->alias);
}

/* Puts "line N: vif of <which interface>" before an error about a VIF. */
static struct error *
of_vif(const struct libvirt_vif *vif, struct error *error)
{
    const char *which = vif->mac ? vif->mac : vif->alias;

    return !error ? NULL
        : which ? error_prefix(error, "line %lu: vif of interface %s", vif->line, quote(which).text)
                : error_prefix(error, "line %lu: vif", vif->line);
}

static struct error *
check_attributes(const struct libvirt_vif *vif)
{
    if (!vif->mac == !vif->alias) {
        return error_new(ERROR_INVALID, "an interface is named by its mac or by its alias, one of the two");
    } else if (!vif->mode || is(vif->mode, "network_default")) {
        return error_new(ERROR_INVALID, "mode is %s: write locked, unlocked or disabled", vif->mode ? "not for libvirt" : "missing");
    } else if (vif->auto_lla && !is(vif->auto_lla, "yes") && !is(vif->auto_lla, "no")) {
        return error_new(ERROR_INVALID, "auto-lla %s is unknown: write yes or no", quote(vif->auto_lla).text);
    } else if (vif->burst && !vif->kbps) {
        return error_new(ERROR_INVALID, "a rate with a burst needs kbps as well");
    }
    return NULL;
}

/* A list that vif_policy_parse() reads. The caller's to free, not its elements. */
static const char **
word_list(const struct svec *words)
{
    const char **list = xcalloc(words->n + 1, sizeof *list);

    for (size_t i = 0; i < words->n; i++) {
        list[i] = words->names[i];
    }
    return list;
}

static struct error *
read_policy(const struct libvirt_vif *vif, const char *mac, struct vif_policy *policy)
{
    const char **ipv4 = word_list(&vif->ipv4), **ipv6 = word_list(&vif->ipv6);
    struct vif_policy_words words = {
        .mode = vif->mode, .mac = mac, .ipv4 = ipv4, .ipv6 = ipv6, .auto_lla = !is(vif->auto_lla, "no"),
    };
    struct error *error = vif_policy_parse(&words, policy);

    free(ipv4);
    free(ipv6);
    return error;
}

static struct error *
read_rate(const struct libvirt_vif *vif, struct vif_rate *rate)
{
    struct vif_rate_words words = { .algorithm = vif->kbps ? "ratelimit" : "", .kbps = vif->kbps, .burst = vif->burst };

    return vif_rate_parse(&words, rate);
}

/* Reads what may be sent into 'port', whose MAC address is known. */
static struct error *
read_allowance(const struct libvirt_vif *vif, struct libvirt_port *port)
{
    struct error *error = read_rate(vif, &port->rate);

    return error ? error : read_policy(vif, port->mac, &port->policy);
}

/* Whether the interface gets onto a switch at all, and by whom. */
static struct error *
check_connection(const struct libvirt_vif *vif, const struct libvirt_interface *interface)
{
    if (is_handed(interface) && !vif->bridge) {
        return error_new(ERROR_INVALID, "libvirt puts an interface of type ethernet on no bridge: write bridge='NAME', and it is put "
                         "there, or leave it out here and describe a VIF of its device to the pool (cable vif create)");
    } else if (is_handed(interface)) {
        return device_name_check("bridge", vif->bridge);
    } else if (vif->bridge) {
        return error_new(ERROR_INVALID, "bridge is for interfaces of type ethernet: libvirt has put this one on a bridge");
    } else if (!is_on_switch(interface)) {
        return error_new(ERROR_INVALID, "the interface is not on Open vSwitch%s%s, and on no other can it be guarded: give it "
                         "<virtualport type='openvswitch'/>, or take the vif out", interface->bridge ? " but on " : "",
                         interface->bridge ? quote(interface->bridge).text : "");
    }
    return NULL;
}

static struct error *
fill_device(const struct libvirt_interface *interface, struct libvirt_port *port)
{
    struct mac mac;
    struct error *error = device_name_check("device", interface->device);

    if (error) {
        return error;
    }
    ovs_strlcpy(port->device, interface->device, sizeof port->device);
    port->handed = is_handed(interface);
    error = mac_parse(interface->mac ? interface->mac : "", &mac);
    if (!error) {
        mac_format(&mac, port->mac);
    }
    return error;
}

static struct error *
fill_described(const struct libvirt_vif *vif, const struct libvirt_interface *interface, struct libvirt_port *port)
{
    struct error *error = check_connection(vif, interface);

    if (!error && !interface->device) {
        error = error_new(ERROR_INVALID, "the interface has no device (target dev): is the domain running?");
    }
    error = error ? error : fill_device(interface, port);
    error = error ? error : read_allowance(vif, port);
    if (!error) {
        ovs_strlcpy(port->bridge, vif->bridge ? vif->bridge : "", sizeof port->bridge);
        port->described = true;
    }
    return error;
}

/* The one interface that is meant. */
static struct error *
find_interface(const struct libvirt_domain *domain, const struct libvirt_vif *vif, const struct libvirt_interface **found)
{
    *found = NULL;
    for (size_t i = 0; i < domain->n_interfaces; i++) {
        if (is_meant(vif, &domain->interfaces[i])) {
            if (*found) {
                return error_new(ERROR_INVALID, "two interfaces have it: name them by their aliases (<alias name='ua-...'/>)");
            }
            *found = &domain->interfaces[i];
        }
    }
    return *found ? NULL : error_new(ERROR_NOT_FOUND, "the domain has no such interface");
}

static void
port_destroy(struct libvirt_port *port)
{
    vif_policy_destroy(&port->policy);
}

static struct error *
add_described(const struct libvirt_domain *domain, const struct libvirt_vif *vif, bool *taken, struct libvirt_ports *ports)
{
    const struct libvirt_interface *interface;
    struct libvirt_port *port = &ports->ports[ports->n];
    struct error *error = check_attributes(vif);

    error = error ? error : find_interface(domain, vif, &interface);
    if (!error && taken[interface - domain->interfaces]) {
        error = error_new(ERROR_INVALID, "the interface is described twice");
    }
    *port = (struct libvirt_port) { .described = false };
    error = error ? error : fill_described(vif, interface, port);
    if (!error) {
        taken[interface - domain->interfaces] = true;
        ports->n++;
        ports->n_described++;
    }
    return of_vif(vif, error);
}

/* Those of which nothing is said: they may have been described before. */
static void
add_others(const struct libvirt_domain *domain, const bool *taken, struct libvirt_ports *ports)
{
    for (size_t i = 0; i < domain->n_interfaces; i++) {
        const struct libvirt_interface *interface = &domain->interfaces[i];
        struct libvirt_port port = { .described = false };

        if (!taken[i] && (is_on_switch(interface) || is_handed(interface)) && interface->device) {
            struct error *error = fill_device(interface, &port);

            if (!error) {
                ports->ports[ports->n++] = port;
            }
            error_free(error);
        }
    }
}

struct error *
libvirt_ports_find(const struct libvirt_domain *domain, struct libvirt_ports *ports)
{
    bool *taken = xcalloc(domain->n_interfaces + 1, sizeof *taken);
    struct libvirt_ports found = { .ports = xcalloc(domain->n_interfaces + domain->n_vifs + 1, sizeof *found.ports) };
    struct error *error = NULL;

    for (size_t i = 0; i < domain->n_vifs && !error; i++) {
        error = add_described(domain, &domain->vifs[i], taken, &found);
    }
    if (error) {
        libvirt_ports_destroy(&found);
    } else {
        add_others(domain, taken, &found);
        *ports = found;
    }
    free(taken);
    return error;
}

/* Of a VIF that is named by its alias, the interface's MAC address is not known yet: any other stands in for it. */
static struct error *
check_vif(const struct libvirt_domain *domain, const struct libvirt_vif *vif)
{
    const struct libvirt_interface *interface;
    struct libvirt_port port = { .mac = "02:00:00:00:00:01" };
    struct error *error = check_attributes(vif);

    if (!error && vif->mac) {
        error = find_interface(domain, vif, &interface);
        error = error ? error : check_connection(vif, interface);
    }
    error = error ? error : read_allowance(vif, &port);
    port_destroy(&port);
    return of_vif(vif, error);
}

struct error *
libvirt_ports_check(const struct libvirt_domain *domain)
{
    struct error *error = NULL;

    for (size_t i = 0; i < domain->n_vifs && !error; i++) {
        error = check_vif(domain, &domain->vifs[i]);
    }
    return error;
}

void
libvirt_ports_find_handed(const struct libvirt_domain *domain, struct libvirt_ports *ports)
{
    *ports = (struct libvirt_ports) { .ports = xcalloc(domain->n_vifs + 1, sizeof *ports->ports) };
    for (size_t i = 0; i < domain->n_vifs; i++) {
        const struct libvirt_interface *interface = NULL;
        struct libvirt_port port = { .described = true };
        struct error *error = check_attributes(&domain->vifs[i]);

        error = error ? error : find_interface(domain, &domain->vifs[i], &interface);
        if (!error && is_handed(interface) && interface->device) {
            error = fill_device(interface, &port);
            if (!error) {
                ports->ports[ports->n++] = port;
            }
        }
        error_free(error);
    }
    ports->n_described = ports->n;
}

void
libvirt_ports_destroy(struct libvirt_ports *ports)
{
    for (size_t i = 0; i < ports->n; i++) {
        port_destroy(&ports->ports[i]);
    }
    free(ports->ports);
}
