// SPDX-License-Identifier: MPL-2.0
//
// Every socket option, one line each; included with ZMQRT_OPTION and
// ZMQRT_LIVE_OPTION defined as what should become of a line, hence no guard.
// A line here makes the typed key (zmqrt/option.hpp), the field
// (libzmqrt/options/socket_options.hpp) and the raw door by number.
//
//   ZMQRT_OPTION(name, number, type, default, least, most, sockets, access,
//                effect)
//
// name, number: libzmq's (zmq_setsockopt(3)); ours from 10000.
// type:     boolean integer int64 uint64 millis text binary
// least, most: of the number, the milliseconds, or the length in bytes
//           (uint64 takes any)
// sockets:  the types it may be set on (rules of option_table.cpp)
// access:   set_get set_only
// effect:   at_once, next_endpoint (later binds and connects), first_endpoint
//           (too late after the first bind or connect)
//
//   ZMQRT_GATHERING_OPTION(name, number, type, least, most): each set adds to
//   what the sets before have gathered (libzmqrt/options/gathered.hpp), for
//   later binds and connects; set-only, of all sockets.
//
//   ZMQRT_SECURITY_OPTION(name, number, type, least, most): also chooses the
//   mechanism (libzmqrt/options/security_options.hpp), for later binds and
//   connects; set_get, of all sockets.
//
//   ZMQRT_LIVE_OPTION(name, number, type): read-only, answered by the socket.
//
// docs/options.md is made of this file by scripts/options-doc: its sections
// have the ruled titles' names, and a comment right above a line is its remark.

#ifndef ZMQRT_OPTION
#define ZMQRT_OPTION(...)
#endif
#ifndef ZMQRT_GATHERING_OPTION
#define ZMQRT_GATHERING_OPTION(...)
#endif
#ifndef ZMQRT_SECURITY_OPTION
#define ZMQRT_SECURITY_OPTION(...)
#endif
#ifndef ZMQRT_LIVE_OPTION
#define ZMQRT_LIVE_OPTION(...)
#endif

// clang-format off
// -- queues and time ---------------------------------------------------------
ZMQRT_OPTION(sndhwm,              23, integer, 1000, 0, most_int, all_sockets, set_get, at_once)
ZMQRT_OPTION(rcvhwm,              24, integer, 1000, 0, most_int, all_sockets, set_get, at_once)
ZMQRT_OPTION(linger,              17, millis,  -1, -1, most_int, all_sockets, set_get, at_once)
ZMQRT_OPTION(rcvtimeo,            27, millis,  -1, -1, most_int, all_sockets, set_get, at_once)
ZMQRT_OPTION(sndtimeo,            28, millis,  -1, -1, most_int, all_sockets, set_get, at_once)
ZMQRT_OPTION(immediate,           39, boolean, false, 0, 1, all_sockets, set_get, next_endpoint)
ZMQRT_OPTION(conflate,            54, boolean, false, 0, 1, conflating, set_get, first_endpoint)
ZMQRT_OPTION(maxmsgsize,          22, int64,   -1, -1, most_int64, all_sockets, set_get, next_endpoint)
ZMQRT_OPTION(routing_id,           5, binary,  "", 1, 255, all_sockets, set_get, next_endpoint)
// Which of the context's I/O threads may serve the socket, bit 0: the first;
// 0: any. Its first bind or connect chooses one of them, in turn.
ZMQRT_OPTION(affinity,             4, uint64,  0U, 0, most_int64, all_sockets, set_get, first_endpoint)

// -- patterns ----------------------------------------------------------------
// Each one counts.
ZMQRT_OPTION(subscribe,            6, binary,  "", 0, most_int, subscribing, set_only, at_once)
// Takes back one subscription to it.
ZMQRT_OPTION(unsubscribe,          7, binary,  "", 0, most_int, subscribing, set_only, at_once)
ZMQRT_OPTION(invert_matching,     74, boolean, false, 0, 1, pub_sub, set_get, at_once)
ZMQRT_OPTION(only_first_subscribe, 108, boolean, false, 0, 1, raw_pub_sub, set_get, at_once)
ZMQRT_OPTION(xsub_verbose_unsubscribe, 115, boolean, false, 0, 1, xsubs, set_get, at_once)
ZMQRT_OPTION(xpub_verbose,        40, boolean, false, 0, 1, xpubs, set_get, at_once)
ZMQRT_OPTION(xpub_verboser,       78, boolean, false, 0, 1, xpubs, set_get, at_once)
ZMQRT_OPTION(xpub_manual,         71, boolean, false, 0, 1, xpubs, set_get, at_once)
ZMQRT_OPTION(xpub_manual_last_value, 98, boolean, false, 0, 1, xpubs, set_get, at_once)
ZMQRT_OPTION(xpub_nodrop,         69, boolean, false, 0, 1, spreading, set_get, at_once)
ZMQRT_OPTION(xpub_welcome_msg,    72, binary,  "", 0, most_int, xpubs, set_get, at_once)
ZMQRT_OPTION(req_correlate,       52, boolean, false, 0, 1, reqs, set_get, at_once)
ZMQRT_OPTION(req_relaxed,         53, boolean, false, 0, 1, reqs, set_get, at_once)
ZMQRT_OPTION(router_mandatory,    33, boolean, false, 0, 1, routers, set_get, at_once)
ZMQRT_OPTION(router_handover,     56, boolean, false, 0, 1, routers, set_get, at_once)
ZMQRT_OPTION(router_notify,       97, integer, 0, 0, 3, routers, set_get, at_once)
ZMQRT_OPTION(connect_routing_id,  61, binary,  "", 1, 255, routing, set_only, next_endpoint)
ZMQRT_OPTION(router_raw,          41, boolean, false, 0, 1, routers, set_only, first_endpoint)
ZMQRT_OPTION(stream_notify,       73, boolean, true, 0, 1, streams, set_get, next_endpoint)
ZMQRT_OPTION(probe_router,        51, boolean, false, 0, 1, probing, set_get, next_endpoint)
ZMQRT_OPTION(hello_msg,          110, binary,  "", 0, most_int, all_sockets, set_get, next_endpoint)
ZMQRT_OPTION(disconnect_msg,     111, binary,  "", 0, most_int, all_sockets, set_get, at_once)
ZMQRT_OPTION(hiccup_msg,         114, binary,  "", 0, most_int, all_sockets, set_get, at_once)

// -- connections -------------------------------------------------------------
ZMQRT_OPTION(reconnect_ivl,       18, millis,  100, -1, most_int, all_sockets, set_get, next_endpoint)
ZMQRT_OPTION(reconnect_ivl_max,   21, millis,  0, 0, most_int, all_sockets, set_get, next_endpoint)
ZMQRT_OPTION(reconnect_stop,     109, integer, 0, 0, 7, all_sockets, set_get, next_endpoint)
ZMQRT_OPTION(backlog,             19, integer, 100, 0, most_int, all_sockets, set_get, next_endpoint)
ZMQRT_OPTION(connect_timeout,     79, millis,  0, 0, most_int, all_sockets, set_get, next_endpoint)
ZMQRT_OPTION(handshake_ivl,       66, millis,  30000, 0, most_int, all_sockets, set_get, next_endpoint)
ZMQRT_OPTION(heartbeat_ivl,       75, millis,  0, 0, most_int, all_sockets, set_get, next_endpoint)
ZMQRT_OPTION(heartbeat_ttl,       76, millis,  0, 0, 6553599, all_sockets, set_get, next_endpoint)
ZMQRT_OPTION(heartbeat_timeout,   77, millis,  -1, -1, most_int, all_sockets, set_get, next_endpoint)
ZMQRT_OPTION(max_connections,  10005, integer, 0, 0, most_int, all_sockets, set_get, next_endpoint)
// Of one bound endpoint, how many connections may shake hands at once; one more
// pushes out the oldest, once that has had 100 ms. 0: any number.
ZMQRT_OPTION(max_handshakes,   10011, integer, 10000, 0, most_int, all_sockets, set_get, next_endpoint)

// "host:port" of a SOCKS5 proxy for tcp connects; with a user name, it has to
// ask for the login.
ZMQRT_OPTION(socks_proxy,         68, text,    "", 0, 261, all_sockets, set_get, next_endpoint)
ZMQRT_OPTION(socks_username,      99, text,    "", 0, 255, all_sockets, set_get, next_endpoint)
ZMQRT_OPTION(socks_password,     100, text,    "", 0, 255, all_sockets, set_get, next_endpoint)

// Who may connect: networks ("192.0.2.0/24"), or an address alone; "" clears.
ZMQRT_GATHERING_OPTION(tcp_accept_filter, 38, text, 0, 255)
// A peer that matches one of the three kinds may connect; -2 is the uid or gid
// 4294967294. By the raw door, no bytes at all clear.
ZMQRT_GATHERING_OPTION(ipc_filter_pid,    58, integer, 1, most_int)
ZMQRT_GATHERING_OPTION(ipc_filter_uid,    59, integer, least_int, most_int)
ZMQRT_GATHERING_OPTION(ipc_filter_gid,    60, integer, least_int, most_int)
// "X-name:value"; a name that is there already keeps its value.
ZMQRT_GATHERING_OPTION(metadata,  95, text, 4, 65535)

// -- security ----------------------------------------------------------------
// Of these the last one that is set says which mechanism is used, and
// `mechanism` tells; false, or no text, is NULL again.
ZMQRT_SECURITY_OPTION(plain_server,    44, boolean, 0, 1)
ZMQRT_SECURITY_OPTION(plain_username,  45, text, 0, 255)
ZMQRT_SECURITY_OPTION(plain_password,  46, text, 0, 255)
ZMQRT_SECURITY_OPTION(curve_server,    47, boolean, 0, 1)
// Keys: 32 octets, or 40 characters of Z85; read back as the octets.
ZMQRT_SECURITY_OPTION(curve_publickey, 48, binary, 32, 41)
ZMQRT_SECURITY_OPTION(curve_secretkey, 49, binary, 32, 41)
// The server's public key; makes a client.
ZMQRT_SECURITY_OPTION(curve_serverkey, 50, binary, 32, 41)
ZMQRT_OPTION(zap_domain,          55, text,    "", 0, 255, all_sockets, set_get, next_endpoint)
// Strict: NULL and CURVE let nobody in where somebody should be asked and nobody
// is there, and CURVE asks only where ZAP_DOMAIN is set.
ZMQRT_OPTION(zap_enforce_domain,  93, boolean, false, 0, 1, all_sockets, set_get, next_endpoint)

// -- the kernel's side -------------------------------------------------------
ZMQRT_OPTION(sndbuf,              11, integer, -1, -1, most_int, all_sockets, set_get, next_endpoint)
ZMQRT_OPTION(rcvbuf,              12, integer, -1, -1, most_int, all_sockets, set_get, next_endpoint)
ZMQRT_OPTION(ipv6,                42, boolean, false, 0, 1, all_sockets, set_get, next_endpoint)
ZMQRT_OPTION(tos,                 57, integer, 0, 0, 255, all_sockets, set_get, next_endpoint)
ZMQRT_OPTION(priority,           112, integer, 0, 0, most_int, all_sockets, set_get, next_endpoint)
ZMQRT_OPTION(bindtodevice,        92, text,    "", 0, 15, all_sockets, set_get, next_endpoint)
ZMQRT_OPTION(tcp_keepalive,       34, integer, -1, -1, 1, all_sockets, set_get, next_endpoint)
// Not 0.
ZMQRT_OPTION(tcp_keepalive_cnt,   35, integer, -1, -1, most_int, all_sockets, set_get, next_endpoint)
// Seconds; not 0.
ZMQRT_OPTION(tcp_keepalive_idle,  36, integer, -1, -1, most_int, all_sockets, set_get, next_endpoint)
// Seconds; not 0.
ZMQRT_OPTION(tcp_keepalive_intvl, 37, integer, -1, -1, most_int, all_sockets, set_get, next_endpoint)
ZMQRT_OPTION(tcp_maxrt,           80, millis,  0, 0, most_int, all_sockets, set_get, next_endpoint)
// Microseconds, of the kernel's own polling; a hint.
ZMQRT_OPTION(busy_poll,          113, integer, 0, 0, most_int, all_sockets, set_get, next_endpoint)
// A listening descriptor, for the next bind alone, which takes it over.
ZMQRT_OPTION(use_fd,              89, integer, -1, -1, most_int, all_sockets, set_get, next_endpoint)
ZMQRT_OPTION(tcp_congestion,   10001, text,    "", 0, 15, all_sockets, set_get, next_endpoint)

// -- batching and the ring ---------------------------------------------------
// No effect: large frames are sent by reference, and copied by the kernel.
ZMQRT_OPTION(zerocopy_send,    10002, boolean, false, 0, 1, all_sockets, set_get, next_endpoint)
// No effect: by reference is from 4096 bytes on.
ZMQRT_OPTION(zerocopy_send_threshold, 10003, integer, 65536, 4096, most_int, all_sockets, set_get, next_endpoint)
ZMQRT_OPTION(multishot_recv,   10004, boolean, true, 0, 1, all_sockets, set_get, next_endpoint)
// Messages that are handed to a connection at once, at most; 0: what waits.
ZMQRT_OPTION(sndbatch_count,   10006, integer, 0, 0, most_int, all_sockets, set_get, at_once)
// Of one write, at most.
ZMQRT_OPTION(sndbatch_bytes,   10007, integer, 262144, 1, most_int, all_sockets, set_get, next_endpoint)
// Of one read, at most, but for what goes straight into a large message's own
// memory; on a ring no more than 65536, the size of its shared buffers.
ZMQRT_OPTION(recv_batch_bytes, 10008, integer, 65536, 4096, 16777216, all_sockets, set_get, next_endpoint)
// Bounds a read beside `recv_batch_bytes`: the lesser counts, but 8192, the
// default, says nothing.
ZMQRT_OPTION(in_batch_size,      101, integer, 8192, 1, most_int, all_sockets, set_get, next_endpoint)
// Bounds a write beside `sndbatch_bytes` in the same way.
ZMQRT_OPTION(out_batch_size,     102, integer, 8192, 1, most_int, all_sockets, set_get, next_endpoint)

// -- of other systems and transports: stored and answered --------------------
ZMQRT_OPTION(rate,                 8, integer, 100, 1, most_int, all_sockets, set_get, next_endpoint)
ZMQRT_OPTION(recovery_ivl,         9, millis,  10000, 0, most_int, all_sockets, set_get, next_endpoint)
ZMQRT_OPTION(multicast_hops,      25, integer, 1, 1, most_int, all_sockets, set_get, next_endpoint)
ZMQRT_OPTION(multicast_maxtpdu,   84, integer, 1500, 1, most_int, all_sockets, set_get, next_endpoint)
ZMQRT_OPTION(multicast_loop,      96, boolean, true, 0, 1, all_sockets, set_get, next_endpoint)
ZMQRT_OPTION(loopback_fastpath,   94, boolean, false, 0, 1, all_sockets, set_get, next_endpoint)

// -- what the socket answers -------------------------------------------------
// Always false: a message is received whole.
ZMQRT_LIVE_OPTION(rcvmore,          13, boolean)
// Always -1: zmqrt::readiness is a descriptor to wait for.
ZMQRT_LIVE_OPTION(fd,               14, integer)
ZMQRT_LIVE_OPTION(events,           15, integer)
ZMQRT_LIVE_OPTION(type,             16, integer)
ZMQRT_LIVE_OPTION(topics_count,    116, integer)
ZMQRT_LIVE_OPTION(last_endpoint,    32, text)
// 0: NULL, 1: PLAIN, 2: CURVE.
ZMQRT_LIVE_OPTION(mechanism,        43, integer)
ZMQRT_LIVE_OPTION(thread_safe,      81, boolean)
ZMQRT_LIVE_OPTION(io_backend,    10009, integer)
ZMQRT_LIVE_OPTION(busy_poll_us,  10010, integer)
// clang-format on

#undef ZMQRT_OPTION
#undef ZMQRT_GATHERING_OPTION
#undef ZMQRT_SECURITY_OPTION
#undef ZMQRT_LIVE_OPTION
