/* SPDX-License-Identifier: Apache-2.0
 *
 * A directory whose toolstack is not asked before a file is there: XAPI makes one when it has started, and what it says before that is not
 * yet true. Until then every answer is UNREACHABLE. Once it was there it is not looked for again.
 */
#ifndef DIRECTORY_AWAITED_H
#define DIRECTORY_AWAITED_H

struct directory;

/* Owns 'awaited' afterwards, and keeps a copy of the file's path. */
struct directory *directory_awaited_open(const char *cookie, struct directory *awaited);

#endif
