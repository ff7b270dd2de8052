// SPDX-License-Identifier: MPL-2.0
//
// A ZAP handler as an application writes it, with our sockets: the same one as
// ../peers/libzmq_zap.hpp. It has a thread of its own, which ends with the
// object.

#pragma once

#include <mutex>
#include <thread>
#include <vector>

#include "tests/interop/security/zap_script.hpp"
#include "zmqrt/zmqrt.hpp"

namespace zmqrt::test {

class our_zap {
public:
  /// Bound when it returns.
  our_zap(context& owner, zap_script script);
  our_zap(const our_zap&) = delete;
  ~our_zap();

  /// Those so far, from the version frame on.
  [[nodiscard]] std::vector<frames> requests();

private:
  void run();
  void serve(const message& asked);

  zap_script script_;
  socket socket_;
  std::mutex lock_;
  std::vector<frames> seen_;
  std::thread thread_;
};

} // namespace zmqrt::test
