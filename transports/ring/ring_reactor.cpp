// SPDX-License-Identifier: MPL-2.0
//
// The ring's loop. See ring_reactor.hpp.

#include "transports/ring/ring_reactor.hpp"

#include <cerrno>
#include <utility>

#include <poll.h>
#include <unistd.h>

#include "transports/posix/receive_slab.hpp"
#include "transports/ring/ring_acceptor.hpp"
#include "transports/ring/ring_datagram.hpp"
#include "transports/ring/ring_dialer.hpp"

namespace zmqrt::transports {

namespace {

constexpr std::uint16_t small_group = 0;
constexpr std::size_t small_count = 256;
constexpr std::uint16_t big_group = 1;
/// Few, so that they stay in the cache: each is read and given back, or
/// replaced, within the turn.
constexpr std::size_t big_count = 16;
constexpr std::size_t big_bytes = 64 * 1024;
/// The kernel takes 8 octets for each; streams beyond do without.
constexpr ring_files::slot file_slots = 4096;

} // namespace

ring_reactor::ring_reactor(const ring_features& features)
  : features_(features), queue_(features),
    files_(queue_.raw(), features.registered_files ? file_slots : 0),
    small_(queue_.raw(), buffers(), small_group,
           features.buffer_rings ? small_count : 0, tail_bytes),
    big_(queue_.raw(), buffers(), big_group,
         features.buffer_rings ? big_count : 0, big_bytes) {
  features_.buffer_rings = small_.granted() && big_.granted();
}

ring_reactor::~ring_reactor() {
  queue_.close(); // before its buffers go
}

result<std::unique_ptr<acceptor>>
ring_reactor::listen(const address& where, const listen_options& options) {
  auto opened = listening_socket::open(where, options);
  if (!opened)
    return opened.why();
  return std::unique_ptr<acceptor>{
    std::make_unique<ring_acceptor>(*this, std::move(*opened), options)};
}

std::unique_ptr<dialer> ring_reactor::dial(const address& where,
                                           const dial_options& options) {
  return std::make_unique<ring_dialer>(*this, where, options);
}

result<std::unique_ptr<datagram>>
ring_reactor::serve(datagram_socket socket, datagram_scratch& scratch) {
  return std::unique_ptr<datagram>{
    std::make_unique<ring_datagram>(*this, scratch, std::move(socket))};
}

void ring_reactor::on_run() {
  queue_.enable();
  if (!wake_.in_flight())
    wake_.arm();
}

void ring_reactor::on_rest() {
  queue_.leave();
}

void ring_reactor::wait(const patience& limit) {
  if (limit.none)
    queue_.poll();
  else
    queue_.wait(limit.deadline);
}

void ring_reactor::dispatch() {
  queue_.dispatch(
    [this](ring_operation& which, int outcome, std::uint32_t flags) {
      guard([&] { which.on_completion(outcome, flags); });
    });
}

void ring_reactor::wake_operation::arm() noexcept {
  loop_.queue_.start(*this, [this](io_uring_sqe* entry) {
    if (loop_.features_.multishot_poll)
      io_uring_prep_poll_multishot(entry, loop_.wake_fd(), POLLIN);
    else
      io_uring_prep_poll_add(entry, loop_.wake_fd(), POLLIN);
  });
}

void ring_reactor::wake_operation::on_completion(int outcome, std::uint32_t) {
  if (outcome == -EINVAL)
    loop_.features_.multishot_poll = false;
  if (!loop_.features_.multishot_poll) {
    // A single poll looks at the level, so the count has to go.
    std::uint64_t posts = 0;
    [[maybe_unused]] const auto got =
      ::read(loop_.wake_fd(), &posts, sizeof(posts));
  }
  if (!in_flight())
    arm();
}

} // namespace zmqrt::transports
