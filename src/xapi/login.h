/* SPDX-License-Identifier: Apache-2.0
 *
 * Who a client of the XenAPI is, from a file whose first line is "user:password".
 */
#ifndef XAPI_LOGIN_H
#define XAPI_LOGIN_H

struct error;

struct xapi_login {
    char *user, *password;
};

/* Reads 'file'; NULL: nobody, without a password, whom a server lets in on its unix socket. On success '*login' is the caller's to destroy;
 * otherwise it has nothing in it. 'option' is where the file was named, for the error, in which nothing of the file stands. */
struct error *xapi_login_read(const char *file, const char *option, struct xapi_login *login);

/* Nothing of the password stays in memory. */
void xapi_login_destroy(struct xapi_login *);

#endif
