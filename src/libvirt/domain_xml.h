/* SPDX-License-Identifier: Apache-2.0
 *
 * A domain's XML, as libvirt hands it to a hook and as `virsh dumpxml` prints it, taken apart. What is not ours is passed over, whatever
 * it is; in our own elements everything must be known, because a word that is misspelt there would leave an interface open. There is no
 * document type, and so no entity but XML's own five.
 */
#ifndef LIBVIRT_DOMAIN_XML_H
#define LIBVIRT_DOMAIN_XML_H

#include <stddef.h>

struct error;
struct libvirt_domain;

/* Reads a domain of 'n' bytes. Refused, with the line: what is no domain's XML, what our elements do not have, and whatever is more than
 * base/limits.h allows. On success '*domain' is the caller's to destroy, on failure untouched. */
struct error *libvirt_domain_read(const char *text, size_t n, struct libvirt_domain *domain);

#endif
