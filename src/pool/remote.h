/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a pool database can be. Open vSwitch's library takes other remotes as well, to nobody's use: it would listen at "ptcp:",
 * pass over the wrong ones of several in silence, and look up no host name, since it is built without a resolver.
 */
#ifndef POOL_REMOTE_H
#define POOL_REMOTE_H

struct error;

/* NULL if 'remote' is "unix:PATH", "tcp:ADDRESS:PORT" or "ssl:ADDRESS:PORT", or several with commas between them; an IPv6 address
 * is in brackets. The error names the one that is not. */
struct error *pool_remote_check(const char *remote);

#endif
