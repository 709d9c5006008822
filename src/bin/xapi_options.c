/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "bin/xapi_options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <command-line.h>
#include <daemon.h>
#include <openvswitch/dynamic-string.h>
#include <openvswitch/vlog.h>
#include <stream-ssl.h>
#include <stream.h>
#include <util.h>

#include "api/password.h"
#include "api/verb_list.h"
#include "base/error.h"
#include "pool/remote.h"
#include "pool/replica.h"

#define DEFAULT_LISTENER "unix:/run/cabled/xapi"
#define DEFAULT_USERS "/etc/cabled/users"
#define DEFAULT_RUN_FOLDER "/run/cabled/guests"
#define DEFAULT_STORAGE "/var/lib/cabled/storage"
#define DEFAULT_QEMU "qemu-system-x86_64"

enum { DEFAULT_WIRE_SECONDS = 60, MAX_WIRE_SECONDS = 3600 };

OVS_NO_RETURN static void
usage(void)
{
    printf("%s: serves the XenAPI for the virtual machines of this host\n"
           "usage: %s [OPTION]...\n"
           "       %s --hash-password | --verbs\n"
           "\n"
           "  --pool=REMOTE           the pool database (default: %s)\n"
           "  --listen=ADDRESS        unix:PATH, tcp:ADDRESS:PORT or tls:ADDRESS:PORT, at most %d times\n"
           "                          (default: %s)\n"
           "  --https-certificate=FILE  PEM, for tls: the server's certificate and those that lead to its issuer\n"
           "  --https-key=FILE        PEM, for tls: its private key\n"
           "  --users=FILE            lines name:role:hash (default: %s)\n"
           "  --hash-password         reads a password from standard input and prints its hash\n"
           "  --verbs                 prints the methods that are carried out, beside getters and setters\n"
           "  --host=UUID             this host in the pool database (default: its only one)\n"
           "  --run-folder=DIR        what is known of running guests (default: %s)\n"
           "  --storage=DIR           disks of the default SR (default: %s)\n"
           "  --guest-user=USER       whom guests run as; needed by root\n"
           "  --qemu=PROGRAM          (default: %s)\n"
           "  --accelerator=NAME      kvm or tcg (default: KVM if it works here)\n"
           "  --guest-offload         guests leave checksums and segments to the switch: not to one of the userspace datapath\n"
           "  --guest-keeper=PROGRAM  (default: %s)\n"
           "  --wire-timeout=SECONDS  how long VM.start waits for its VIFs (default: %d)\n",
           program_name, program_name, program_name, POOL_DEFAULT_REMOTE, LIMIT_HTTP_LISTENERS, DEFAULT_LISTENER, DEFAULT_USERS,
           DEFAULT_RUN_FOLDER, DEFAULT_STORAGE, DEFAULT_QEMU, CABLED_GUEST, DEFAULT_WIRE_SECONDS);
    stream_usage("REMOTE", true, false, true);
    daemon_usage();
    vlog_usage();
    printf("\nOther options:\n"
           "  --unixctl=SOCKET        override default control socket name\n"
           "  -h, --help              display this help message\n"
           "  -V, --version           display version information\n");
    exit(EXIT_SUCCESS);
}

OVS_NO_RETURN OVS_PRINTF_FORMAT(1, 2) static void
refuse_command_line(const char *format, ...)
{
    va_list args;

    fprintf(stderr, "%s: ", program_name);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "; try `%s --help'\n", program_name);
    exit(2);
}

/* 'error' is consumed. */
static void
refuse_if(struct error *error, const char *option)
{
    if (error) {
        fprintf(stderr, "%s: %s: %s; try `%s --help'\n", program_name, option, error->text, program_name);
        error_free(error);
        exit(2);
    }
}

/* Passwords. */

/* Returns the settings of the terminal to be put back, if there is one. */
static bool
echo_off(struct termios *before)
{
    struct termios silent;

    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, before)) {
        return false;
    }
    silent = *before;
    silent.c_lflag &= ~ECHO;
    fprintf(stderr, "Password: ");
    return !tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
}

/* The first line of standard input, without its end. */
static void
password_read(char *password, size_t size)
{
    struct termios before;
    const bool is_silent = echo_off(&before);
    const bool was_read = fgets(password, size, stdin);

    if (is_silent) {
        tcsetattr(STDIN_FILENO, TCSANOW, &before);
        fputc('\n', stderr);
    }
    if (!was_read) {
        ovs_fatal(0, "no password was given: write one line to standard input");
    }
    password[strcspn(password, "\n")] = '\0';
}

OVS_NO_RETURN static void
hash_password(void)
{
    char password[LIMIT_PASSWORD_BYTES + 3];

    password_read(password, sizeof password);
    if (!password[0] || strlen(password) > LIMIT_PASSWORD_BYTES) {
        ovs_fatal(0, "a password has 1 to %d bytes", LIMIT_PASSWORD_BYTES);
    }
    char *hash = password_hash(password);
    explicit_bzero(password, sizeof password);
    if (!hash) {
        ovs_fatal(errno, "crypt(3) makes no hash");
    }
    puts(hash);
    free(hash);
    exit(EXIT_SUCCESS);
}

OVS_NO_RETURN static void
print_verbs(void)
{
    struct ds text = DS_EMPTY_INITIALIZER;

    verb_list_put(&text);
    fputs(ds_cstr(&text), stdout);
    ds_destroy(&text);
    exit(EXIT_SUCCESS);
}

/* Arguments. */

static void
add_listener(struct xapi_options *options, const char *text)
{
    if (options->n_listeners >= ARRAY_SIZE(options->listeners)) {
        refuse_command_line("there can be %d listeners", LIMIT_HTTP_LISTENERS);
    }
    refuse_if(http_address_parse(text, &options->listeners[options->n_listeners++].address), "--listen");
}

/* All tls: listeners show the same certificate. */
static void
set_certificate(struct xapi_options *options, const char *certificate, const char *key)
{
    for (size_t i = 0; i < options->n_listeners; i++) {
        struct http_listener *listener = &options->listeners[i];

        if (listener->address.transport == HTTP_TLS && (!certificate || !key)) {
            refuse_command_line("%s needs --https-certificate and --https-key", http_address_text(&listener->address).text);
        }
        listener->certificate = certificate;
        listener->key = key;
    }
}

static void
set_host(struct xapi_options *options, const char *word)
{
    if (!uuid_from_string(&options->host, word)) {
        refuse_command_line("--host takes a uuid, as `cable host status' shows it");
    }
    options->has_host = true;
}

static void
set_accelerator(struct xapi_options *options, const char *word)
{
    if (strcmp(word, "kvm") && strcmp(word, "tcg")) {
        refuse_command_line("--accelerator is kvm or tcg");
    }
    options->domains.accelerator = word;
}

static void
set_wire_seconds(struct xapi_options *options, const char *word)
{
    if (!str_to_uint(word, 10, &options->wire_seconds) || options->wire_seconds < 1 || options->wire_seconds > MAX_WIRE_SECONDS) {
        refuse_command_line("--wire-timeout takes 1 to %d seconds", MAX_WIRE_SECONDS);
    }
}

static void
set_pool(struct xapi_options *options, const char *remote)
{
    refuse_if(pool_remote_check(remote), "--pool");
    options->pool = remote;
}

enum {
    OPT_UNIXCTL = UCHAR_MAX + 1, OPT_POOL, OPT_LISTEN, OPT_CERTIFICATE, OPT_KEY, OPT_USERS, OPT_HASH_PASSWORD, OPT_VERBS, OPT_HOST,
    OPT_RUN_FOLDER, OPT_STORAGE, OPT_GUEST_USER, OPT_QEMU, OPT_ACCELERATOR, OPT_OFFLOAD, OPT_KEEPER, OPT_WIRE_TIMEOUT, OPT_TEST_CLOCK,
    OPT_PEER_CA_CERT,
    VLOG_OPTION_ENUMS, DAEMON_OPTION_ENUMS, SSL_OPTION_ENUMS,
};

static const struct option long_options[] = {
    { "pool", required_argument, NULL, OPT_POOL },
    { "listen", required_argument, NULL, OPT_LISTEN },
    { "https-certificate", required_argument, NULL, OPT_CERTIFICATE },
    { "https-key", required_argument, NULL, OPT_KEY },
    { "users", required_argument, NULL, OPT_USERS },
    { "hash-password", no_argument, NULL, OPT_HASH_PASSWORD },
    { "verbs", no_argument, NULL, OPT_VERBS },
    { "host", required_argument, NULL, OPT_HOST },
    { "run-folder", required_argument, NULL, OPT_RUN_FOLDER },
    { "storage", required_argument, NULL, OPT_STORAGE },
    { "guest-user", required_argument, NULL, OPT_GUEST_USER },
    { "qemu", required_argument, NULL, OPT_QEMU },
    { "accelerator", required_argument, NULL, OPT_ACCELERATOR },
    { "guest-offload", no_argument, NULL, OPT_OFFLOAD },
    { "guest-keeper", required_argument, NULL, OPT_KEEPER },
    { "wire-timeout", required_argument, NULL, OPT_WIRE_TIMEOUT },
    { "test-clock", no_argument, NULL, OPT_TEST_CLOCK },     /* ovs-appctl time/warp works; for tests, and not in the help */
    { "help", no_argument, NULL, 'h' },
    { "version", no_argument, NULL, 'V' },
    { "unixctl", required_argument, NULL, OPT_UNIXCTL },
    DAEMON_LONG_OPTIONS,
    VLOG_LONG_OPTIONS,
    STREAM_SSL_LONG_OPTIONS,
    { "peer-ca-cert", required_argument, NULL, OPT_PEER_CA_CERT },
    { NULL, 0, NULL, 0 },
};

void
xapi_options_parse(int argc, char *argv[], struct xapi_options *options)
{
    const char *certificate = NULL, *key = NULL;
    static char *short_options;     /* static, so that it is not lost where an option ends the program */

    short_options = ovs_cmdl_long_options_to_short_options(long_options);
    *options = (struct xapi_options) {
        .pool = POOL_DEFAULT_REMOTE, .users = DEFAULT_USERS, .storage = DEFAULT_STORAGE, .wire_seconds = DEFAULT_WIRE_SECONDS,
        .domains = { .run_folder = DEFAULT_RUN_FOLDER, .qemu = DEFAULT_QEMU, .keeper = CABLED_GUEST },
    };
    for (;;) {
        int option = getopt_long(argc, argv, short_options, long_options, NULL);

        if (option == -1) {
            break;
        }
        switch (option) {
        case OPT_POOL: set_pool(options, optarg); break;
        case OPT_LISTEN: add_listener(options, optarg); break;
        case OPT_CERTIFICATE: certificate = optarg; break;
        case OPT_KEY: key = optarg; break;
        case OPT_USERS: options->users = optarg; break;
        case OPT_HASH_PASSWORD: hash_password();
        case OPT_VERBS: print_verbs();
        case OPT_HOST: set_host(options, optarg); break;
        case OPT_RUN_FOLDER: options->domains.run_folder = optarg; break;
        case OPT_STORAGE: options->storage = optarg; break;
        case OPT_GUEST_USER: options->domains.user = optarg; break;
        case OPT_QEMU: options->domains.qemu = optarg; break;
        case OPT_ACCELERATOR: set_accelerator(options, optarg); break;
        case OPT_OFFLOAD: options->domains.offload = true; break;
        case OPT_KEEPER: options->domains.keeper = optarg; break;
        case OPT_WIRE_TIMEOUT: set_wire_seconds(options, optarg); break;
        case OPT_TEST_CLOCK: options->has_test_clock = true; break;
        case OPT_UNIXCTL: options->control = optarg; break;
        case OPT_PEER_CA_CERT: stream_ssl_set_peer_ca_cert_file(optarg); break;
        case 'h': usage();
        case 'V':
            printf("%s (Cabled) %s\n", program_name, CABLED_VERSION);
            exit(EXIT_SUCCESS);
        DAEMON_OPTION_HANDLERS
        VLOG_OPTION_HANDLERS
        STREAM_SSL_OPTION_HANDLERS
        default:
            fprintf(stderr, "Try `%s --help'.\n", program_name);
            exit(2);
        }
    }
    free(short_options);
    short_options = NULL;
    if (optind < argc) {
        refuse_command_line("no arguments are taken but options, and '%s' is none", argv[optind]);
    }
    if (!options->n_listeners) {
        add_listener(options, DEFAULT_LISTENER);
    }
    set_certificate(options, certificate, key);
}
