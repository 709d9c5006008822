/* SPDX-License-Identifier: Apache-2.0
 *
 * A TLS listener's certificate and private key, read from their files and found to belong together.
 */
#ifndef HTTP_TLS_FILES_H
#define HTTP_TLS_FILES_H

struct error;

struct tls_files {
    char *certificate;          /* PEM */
    char *key;
};

/* Leaves nothing to destroy if it returns an error, which names the file and says what to do. */
struct error *tls_files_read(const char *certificate, const char *key, struct tls_files *);

/* Overwrites the key before its memory is given back. All zeros is fine. */
void tls_files_destroy(struct tls_files *);

#endif
