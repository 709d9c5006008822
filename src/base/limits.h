/* SPDX-License-Identifier: Apache-2.0
 *
 * The limits of everything whose size comes from outside. Whatever is larger is refused with an error that names the limit,
 * never cut.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

enum {
    /* A VIF's addresses and prefixes, both families together: the cookie has 8 bits for their index. */
    LIMIT_VIF_ADDRESSES = 200,

    /* XenAPI's VIF.device, a number within a VM. A guest has room for a few dozen devices. */
    LIMIT_VIF_DEVICE = 255,

    /* VLANs of a trunk VIF: each repeats the flows of the first table. */
    LIMIT_VIF_VLANS = 64,

    /* Frames that wait for a bridge's rules (switch/safety_net.h), in bytes. */
    LIMIT_NET_BYTES = 16 * 1024 * 1024,

    /* A policies file, in bytes, and the VIFs that it describes. */
    LIMIT_POLICIES_FILE_BYTES = 16 * 1024 * 1024,
    LIMIT_POLICIES = 4096,

    /* Name of a network or VM, in bytes of UTF-8; what is said about it. */
    LIMIT_NAME_BYTES = 255,
    LIMIT_DESCRIPTION_BYTES = 4096,

    /* What else an object of the XenAPI can hold: a long text (VM.recommendations, a value of a map), a map's key; how many entries or
     * elements a map or set has. The pool database counts characters, and so is never the stricter of the two. */
    LIMIT_TEXT_BYTES = 65536,
    LIMIT_KEY_BYTES = 1024,
    LIMIT_ELEMENTS = 1024,

    /* An id that a toolstack gives a bridge, a VIF or a VM for other programs (sync/identity.h). Usual ones are uuids. */
    LIMIT_IDENTITY_BYTES = 1024,

    /* A device's MTU. The kernel's lower bound for IPv4 and Open vSwitch's upper bound. */
    LIMIT_MTU_MIN = 68,
    LIMIT_MTU_MAX = 65521,

    /* A VIF's rate in kilobytes a second, and its burst in kilobytes: in 1000 bits they fit into the 32 bits that OpenFlow meters have. A
     * burst holds the largest packet that a guest hands over in one piece; a smaller one would never let it pass. */
    LIMIT_RATE_KBYTES = 524287999,
    LIMIT_BURST_KBYTES_MIN = 64,

    /* A VIF that a program hands to the agent (vif/hand.h): the text, and the external_ids that the program wants in the Interface row;
     * those that are handed and not in the switch yet, and replies that are waited for; how long one may be waited for. */
    /* Xen: a domain's number (DOMID_FIRST_RESERVED is 0x7ff0); a value in xenstore, which is a part of a message of 4096 bytes; the file in
     * which xenopsd keeps a VIF, and lists and objects within each other in it; an answer of the agent to a program of XenServer's. */
    LIMIT_XEN_DOMID = 0x7fef,
    LIMIT_XENSTORE_VALUE_BYTES = 4096,
    LIMIT_XENVIF_METADATA_BYTES = 64 * 1024,
    LIMIT_XENVIF_METADATA_DEPTH = 16,
    LIMIT_AGENT_REPLY_BYTES = 64 * 1024,
    /* A VIF that a program hands to the agent (vif/hand.h): the text, and the external_ids that the program wants in the Interface row; those that
     * are handed and not in the switch yet, and replies that are waited for; how long one may be waited for. */
    LIMIT_HANDED_BYTES = 64 * 1024,
    LIMIT_HANDED_KEYS = 64,
    LIMIT_HANDED_KEY_BYTES = 255,
    LIMIT_HANDED_VALUE_BYTES = 1024,
    LIMIT_HANDED = 4096,
    LIMIT_HANDED_TIMEOUT_MS = 600 * 1000,

    /* A XenAPI call and a reply to one of ours, in bytes. XAPI itself takes no larger call; its reply may hold the records of a whole
     * pool. */
    LIMIT_XENAPI_CALL_BYTES = 300 * 1024,
    LIMIT_XENAPI_REPLY_BYTES = 64 * 1024 * 1024,

    /* Sets and maps within each other in one parameter or result. Records have a few. */
    LIMIT_XENAPI_DEPTH = 64,

    /* A call's method name in bytes, its parameters, and the text that JSON-RPC tells a call by. */
    LIMIT_XENAPI_METHOD_BYTES = 255,
    LIMIT_XENAPI_PARAMS = 64,
    LIMIT_XENAPI_ID_BYTES = 255,

    /* A filter of get_all_records_where, and parentheses and `not` within each other in it. */
    LIMIT_XENAPI_FILTER_BYTES = 64 * 1024,
    LIMIT_XENAPI_FILTER_DEPTH = 64,

    /* HTTP server (http/server.h). A request's body, as XAPI has it; request line and headers together; and the memory that
     * libmicrohttpd may take for a connection, in which a small header takes 70 bytes more than it is long. */
    LIMIT_HTTP_BODY_BYTES = 300 * 1024,
    LIMIT_HTTP_HEADER_BYTES = 8 * 1024,
    LIMIT_HTTP_CONNECTION_BYTES = 32 * 1024,

    /* Of a request that is refused, what is read and thrown away, so that its client, which sends first and reads then, hears why. */
    LIMIT_HTTP_DISCARDED_BYTES = 4 * 1024 * 1024,

    /* Connections of a server and of one of its listeners; the listeners. The rest waits until a place is free. */
    LIMIT_HTTP_CONNECTIONS = 256,
    LIMIT_HTTP_LISTENER_CONNECTIONS = 192,
    LIMIT_HTTP_LISTENERS = 8,

    /* In milliseconds: how long a connection is kept for the next request, how long a request may take to come in, from the moment
     * when its line is there, or the connection for the first one, and how long its client may take to read the response. */
    LIMIT_HTTP_IDLE_MS = 300 * 1000,
    LIMIT_HTTP_REQUEST_MS = 30 * 1000,
    LIMIT_HTTP_RESPONSE_MS = 300 * 1000,

    /* A file with a TLS key, or with certificates. */
    LIMIT_TLS_FILE_BYTES = 256 * 1024,

    /* Objects of the XenAPI that have gone and that a client can still be told of. */
    LIMIT_OBJECTS_GONE = 100000,

    /* A domain's VIFs, of which each has a slot that is there from the beginning, its disks, its processors, its memory, and the text of its
     * arguments, of which Linux on x86 takes no more (COMMAND_LINE_SIZE). */
    LIMIT_DOMAIN_VIFS = 16,
    LIMIT_DOMAIN_DISKS = 16,
    LIMIT_DOMAIN_VCPUS = 64,
    LIMIT_DOMAIN_MEMORY_MIB_MIN = 16,
    LIMIT_DOMAIN_MEMORY_MIB = 4 * 1024 * 1024,
    LIMIT_DOMAIN_ARGUMENTS_BYTES = 2047,

    /* What a guest has said on its console and what is kept of it: beyond that, the older half goes. */
    LIMIT_CONSOLE_LOG_BYTES = 1024 * 1024,

    /* A line of the QEMU machine protocol, which comes from a process that a guest may have broken out into; what one may leave unread. */
    LIMIT_QMP_LINE_BYTES = 64 * 1024,
    LIMIT_QMP_UNREAD_BYTES = 1024 * 1024,

    /* The record that a domain has in its folder. */
    LIMIT_DOMAIN_RECORD_BYTES = 16 * 1024,

    /* Who may log in to the XenAPI server: the file with the users, a user's name, a hash as crypt(5) has it, and a password in bytes, which
     * crypt_r(3) takes no longer. */
    LIMIT_USERS_FILE_BYTES = 256 * 1024,
    LIMIT_USERS = 1024,
    LIMIT_USER_NAME_BYTES = 64,
    LIMIT_USER_HASH_BYTES = 383,
    LIMIT_PASSWORD_BYTES = 511,

    /* Logins: processes that hash a password, those that wait for one, those of one address that are not answered yet, and names and
     * addresses of which failures are remembered. */
    LIMIT_LOGIN_PROCESSES = 2,
    LIMIT_LOGINS = 128,
    LIMIT_LOGINS_OF_ADDRESS = 16,
    LIMIT_LOGIN_FAILURES = 1024,

    /* Sessions of a user, of which the one that was used longest ago makes room; how long one lasts that is not used, as with XAPI; the text
     * that a client says of itself. */
    LIMIT_SESSIONS_OF_USER = 500,
    LIMIT_SESSION_IDLE_MS = 24 * 3600 * 1000,
    LIMIT_ORIGINATOR_BYTES = 255,

    /* Tasks of the XenAPI: those that are not done, and all. How long they are kept, as with XAPI: one that is done, one that is not, and one of
     * a call that was waited for, which is kept so that those who watch it see how it ended. */
    LIMIT_TASKS_PENDING = 1000,
    LIMIT_TASKS = 4000,
    LIMIT_TASK_DONE_MS = 65 * 60 * 1000,
    LIMIT_TASK_PENDING_MS = 24 * 3600 * 1000,
    LIMIT_TASK_OF_CALL_MS = 10 * 1000,

    /* Calls that wait for events: all, and those of a session; the one that has waited longest makes room. What one subscribes to, and how
     * long it may want to wait. */
    LIMIT_EVENT_CALLS = 96,
    LIMIT_EVENT_CALLS_OF_SESSION = 8,
    LIMIT_EVENT_SUBSCRIPTIONS = 1024,
    LIMIT_EVENT_WAIT_MS = 3600 * 1000,

    /* A domain of libvirt's: its XML, elements within each other, and its interfaces. */
    LIMIT_LIBVIRT_XML_BYTES = 4 * 1024 * 1024,
    LIMIT_LIBVIRT_DEPTH = 256,
    LIMIT_LIBVIRT_INTERFACES = 256,

    /* The client that follows a XenAPI server (xapi/). Of a reply, what is in memory at a time: an event, or all of it but the events. A VM's
     * record has 20 KB. */
    LIMIT_XAPI_REPLY_BYTES = 1024 * 1024,

    /* Networks and pools of a toolstack; VIFs that were asked for, and VMs; questions after them that are under way at once; and connections,
     * one of which waits for events. */
    LIMIT_XAPI_LISTED = 8192,
    LIMIT_XAPI_ASKED = 32768,
    LIMIT_XAPI_LOOKUPS = 4,
    LIMIT_XAPI_CONNECTIONS = LIMIT_XAPI_LOOKUPS + 2,

    /* How long a server may take to answer, in milliseconds: a call, beyond the time that it was asked to wait, and a login, which XAPI holds
     * back for 5 s if one has failed. */
    LIMIT_XAPI_CALL_MS = 10 * 1000,
    LIMIT_XAPI_LOGIN_MS = 20 * 1000,
};

#endif
