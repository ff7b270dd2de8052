// SPDX-License-Identifier: MPL-2.0
//
// See the header.

#include "tests/interop/peers/libzmq_zap.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

#include <zmq_addon.hpp>

namespace zmqrt::test {

namespace {

constexpr std::chrono::seconds patience{20};

} // namespace

libzmq_zap::libzmq_zap(zmq::context_t& context, bool router,
                       std::vector<frames> replies)
  : socket_(context, router ? zmq::socket_type::router : zmq::socket_type::rep),
    router_(router), replies_(std::move(replies)) {
  socket_.set(zmq::sockopt::linger, 0);
  socket_.bind("inproc://zeromq.zap.01");
  thread_ = std::thread{[this] { run(); }};
}

libzmq_zap::~libzmq_zap() {
  thread_.join();
}

std::vector<libzmq_zap::frames> libzmq_zap::requests(std::size_t count) {
  std::unique_lock guard{lock_};
  if (!more_.wait_for(guard, patience, [&] { return seen_.size() >= count; }))
    throw std::runtime_error("no request");
  return seen_;
}

void libzmq_zap::run() {
  try {
    for (;;)
      serve();
  } catch (const zmq::error_t&) { // ETERM
    socket_.close();
  }
}

void libzmq_zap::serve() {
  frames asked;
  zmq::message_t part;
  do {
    (void)socket_.recv(part);
    asked.push_back(part.to_string());
  } while (part.more());
  // A ROUTER's peer, and the delimiter.
  const std::string peer = asked.front();
  if (router_)
    asked.erase(asked.begin(), asked.begin() + 2);
  const std::string id = asked.at(1);
  {
    const std::lock_guard guard{lock_};
    seen_.push_back(std::move(asked));
  }
  more_.notify_all();
  for (const frames& reply : replies_) {
    std::vector<zmq::message_t> parts;
    if (router_)
      parts.emplace_back(peer.data(), peer.size());
    for (const std::string& each : reply) {
      const std::string& text = each == "$id" ? id : each;
      parts.emplace_back(text.data(), text.size());
    }
    zmq::send_multipart(socket_, parts);
    if (!router_)
      return;
  }
}

} // namespace zmqrt::test
