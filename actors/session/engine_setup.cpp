// SPDX-License-Identifier: MPL-2.0
//
// Translates options for the wire engine and for streams.

#include "actors/session/engine_setup.hpp"

namespace zmqrt::actors {

wire::engine_options make_engine_options(socket_type type, bool accepted,
                                         const socket_options& options) {
  wire::engine_options result;
  result.type = type;
  result.listening = accepted;
  result.raw = options.raw_peers(type);
  result.routing_id = options.routing_id;
  if (type == socket_type::dish)
    result.max_frames_per_message = 2; // the group, and what is for it
  else if (single_framed(type))
    result.max_frames_per_message = 1;
  result.metadata = options.gathered.metadata;
  result.max_message_size = options.maxmsgsize;
  result.handshake_limit = options.handshake_ivl;
  result.heartbeat_interval = options.heartbeat_ivl;
  result.heartbeat_timeout = options.silence_limit();
  result.heartbeat_ttl = options.heartbeat_ttl;
  return result;
}

transports::stream_options make_stream_options(const socket_options& options) {
  transports::stream_options result;
  result.sndbuf = options.sndbuf;
  result.rcvbuf = options.rcvbuf;
  result.tcp_keepalive = options.tcp_keepalive;
  result.tcp_keepalive_cnt = options.tcp_keepalive_cnt;
  result.tcp_keepalive_idle = options.tcp_keepalive_idle;
  result.tcp_keepalive_intvl = options.tcp_keepalive_intvl;
  result.tcp_maxrt = static_cast<int>(options.tcp_maxrt.count());
  result.tos = options.tos;
  result.priority = options.priority;
  result.busy_poll = options.busy_poll;
  result.tcp_congestion = options.tcp_congestion;
  result.bind_to_device = options.bindtodevice;
  result.multishot_recv = options.multishot_recv;
  result.recv_batch_bytes = options.read_bytes();
  result.send_batch_bytes = options.write_bytes();
  return result;
}

} // namespace zmqrt::actors
