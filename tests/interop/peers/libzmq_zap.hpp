// SPDX-License-Identifier: MPL-2.0
//
// A ZAP handler as an application of libzmq's writes it (RFC 27): a REP or a
// ROUTER at inproc://zeromq.zap.01 that answers each request with what it was
// told, and notes the request. It has a thread of its own, which ends with the
// context.

#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <zmq.hpp>

namespace zmqrt::test {

class libzmq_zap {
public:
  using frames = std::vector<std::string>;

  /// Bound when it returns. `replies` to each request, from the version frame
  /// on, "$id" for its id; a REP says the first of them only. Those of a ROUTER
  /// begin with the delimiter.
  libzmq_zap(zmq::context_t& context, bool router, std::vector<frames> replies);
  libzmq_zap(const libzmq_zap&) = delete;
  /// The context must have been shut down.
  ~libzmq_zap();

  /// The requests so far, from the version frame on; waits until there are
  /// `count`.
  std::vector<frames> requests(std::size_t count);

private:
  void run();
  void serve();

  zmq::socket_t socket_;
  bool router_;
  std::vector<frames> replies_;
  std::mutex lock_;
  std::condition_variable more_;
  std::vector<frames> seen_;
  std::thread thread_;
};

} // namespace zmqrt::test
