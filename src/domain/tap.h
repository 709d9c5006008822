/* SPDX-License-Identifier: Apache-2.0
 *
 * A tap device (Linux, Documentation/networking/tuntap) that goes with the last process that has it open: nobody has to take it away.
 */
#ifndef DOMAIN_TAP_H
#define DOMAIN_TAP_H

struct error;

/* Makes the device 'name', down, of this MTU, without addresses, whose frames begin with a virtio_net_hdr as QEMU wants them. '*fd' is the
 * receiver's. */
struct error *tap_make(const char *name, unsigned int mtu, int *fd);

#endif
