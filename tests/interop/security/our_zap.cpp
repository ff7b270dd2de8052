// SPDX-License-Identifier: MPL-2.0
//
// See the header.

#include "tests/interop/security/our_zap.hpp"

#include <utility>

namespace zmqrt::test {

our_zap::our_zap(context& owner, zap_script script)
  : script_(std::move(script)),
    socket_(
      owner.socket(script_.router ? socket_type::router : socket_type::rep)) {
  socket_.bind("inproc://zeromq.zap.01");
  thread_ = std::thread{[this] { run(); }};
}

our_zap::~our_zap() {
  socket_.close();
  thread_.join();
}

std::vector<frames> our_zap::requests() {
  const std::lock_guard guard{lock_};
  return seen_;
}

void our_zap::run() {
  try {
    for (;;)
      serve(socket_.recv());
  } catch (const error&) { // closed
  }
}

void our_zap::serve(const message& asked) {
  frames request;
  // A ROUTER's peer, and the delimiter.
  for (std::size_t i = script_.router ? 2 : 0; i < asked.size(); ++i)
    request.emplace_back(asked[i].view());
  const std::string id = request.at(1);
  {
    const std::lock_guard guard{lock_};
    seen_.push_back(std::move(request));
  }
  for (const frames& reply : script_.replies) {
    message parts;
    if (script_.router)
      parts.push_back(asked[0]);
    for (const std::string& each : reply)
      parts.push_back(std::string_view{each == "$id" ? id : each});
    socket_.send(std::move(parts));
  }
}

} // namespace zmqrt::test
