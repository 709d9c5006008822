/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "http/tls_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gnutls/gnutls.h>
#include <openvswitch/util.h>
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/quote.h"

/* Text of the open 'stream'; an error has its reason alone. */
static struct error *
text_read(FILE *stream, char **text)
{
    char *buffer = xmalloc(LIMIT_TLS_FILE_BYTES + 1);
    const size_t size = fread(buffer, 1, LIMIT_TLS_FILE_BYTES + 1, stream);
    struct error *error = NULL;

    if (ferror(stream)) {
        error = error_new(ERROR_NOT_FOUND, "cannot be read: %s", ovs_strerror(errno));
    } else if (size > LIMIT_TLS_FILE_BYTES) {
        error = error_new(ERROR_LIMIT, "larger than %d bytes: name a PEM file", LIMIT_TLS_FILE_BYTES);
    } else if (memchr(buffer, '\0', size)) {
        error = error_new(ERROR_INVALID, "no text: name a PEM file");
    }
    if (error) {
        explicit_bzero(buffer, size);
        free(buffer);
        return error;
    }
    buffer[size] = '\0';
    *text = buffer;
    return NULL;
}

static struct error *
file_read(const char *what, const char *path, char **text)
{
    FILE *stream = fopen(path, "re");
    struct error *error;

    if (!stream) {
        return error_new(ERROR_NOT_FOUND, "%s file %s cannot be opened: %s", what, quote(path).text, ovs_strerror(errno));
    }
    /* No copy of the key in stdio's buffer. */
    setvbuf(stream, NULL, _IONBF, 0);
    error = text_read(stream, text);
    fclose(stream);
    return error ? error_prefix(error, "%s file %s", what, quote(path).text) : NULL;
}

static gnutls_datum_t
datum(char *text)
{
    return (gnutls_datum_t) { (unsigned char *) text, strlen(text) };
}

/* libmicrohttpd says no more than that it could not start. */
static struct error *
pair_check(const char *certificate, const char *key, const struct tls_files *files)
{
    const gnutls_datum_t certificate_pem = datum(files->certificate), key_pem = datum(files->key);
    gnutls_certificate_credentials_t credentials;
    int status = gnutls_certificate_allocate_credentials(&credentials);

    if (status >= 0) {
        status = gnutls_certificate_set_x509_key_mem(credentials, &certificate_pem, &key_pem, GNUTLS_X509_FMT_PEM);
        gnutls_certificate_free_credentials(credentials);
    }
    return status >= 0 ? NULL
           : error_new(ERROR_INVALID, "certificate file %s and key file %s cannot be used: %s Name a certificate and its own private key, "
                       "both in PEM, the key not encrypted", quote(certificate).text, quote(key).text, gnutls_strerror(status));
}

struct error *
tls_files_read(const char *certificate, const char *key, struct tls_files *files)
{
    struct error *error;

    memset(files, 0, sizeof *files);
    error = file_read("certificate", certificate, &files->certificate);
    if (!error) {
        error = file_read("key", key, &files->key);
    }
    if (!error) {
        error = pair_check(certificate, key, files);
    }
    if (error) {
        tls_files_destroy(files);
    }
    return error;
}

void
tls_files_destroy(struct tls_files *files)
{
    free(files->certificate);
    if (files->key) {
        explicit_bzero(files->key, strlen(files->key));
        free(files->key);
    }
    memset(files, 0, sizeof *files);
}
