// SPDX-License-Identifier: MPL-2.0
//
// Any bytes as a datagram of a RADIO, which comes out of a batch as it went in;
// and as a DGRAM's name for a peer, which is an address to the system, too.

#include "libzmqrt/wire/datagram.hpp"

#include <cstdlib>
#include <cstring>
#include <string>

#include <arpa/inet.h>

#include "libzmqrt/endpoint/datagram_peer.hpp"
#include "libzmqrt/message/slab_pool.hpp"

using namespace zmqrt;

static void check_peer(std::string_view text) {
  const auto peer = parse_datagram_peer(text);
  if (!peer)
    return;
  const std::string host{peer->host.substr(0, peer->host.find('%'))};
  in6_addr v6{};
  const int family = host.find(':') == host.npos ? AF_INET : AF_INET6;
  if (peer->port == 0 || inet_pton(family, host.c_str(), &v6) != 1)
    std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  check_peer({reinterpret_cast<const char*>(data), size});
  const auto bytes = std::as_bytes(std::span{data, size});
  const auto found = wire::parse_group_datagram(bytes);
  if (!found)
    return 0;
  batch_writer writer(shared_pool());
  batch held;
  if (!wire::append_pair(writer, held, found->group, found->body))
    return 0;
  batch_place at;
  const auto pair = wire::next_pair(held.segments(), at);
  if (!pair || pair->group_head().size() + pair->second.size() != size)
    std::abort();
  const auto head = pair->group_head();
  if (std::memcmp(head.data(), data, head.size()) != 0
      || (!pair->second.empty()
          && std::memcmp(pair->second.data(), data + head.size(),
                         pair->second.size())
               != 0))
    std::abort();
  return 0;
}
