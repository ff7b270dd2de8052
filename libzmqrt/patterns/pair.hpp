// SPDX-License-Identifier: MPL-2.0
//
// PAIR (RFC 31), CHANNEL (RFC 52): exactly one peer at a time, both ways. A
// second one is refused until the first is gone; what a peer sent before it
// went is read before anything of the next one.

#pragma once

#include <vector>

#include "libzmqrt/patterns/pattern.hpp"

namespace zmqrt::patterns {

class pair : public pattern {
public:
  bool attach(pipe_id pipe) override;
  void detach(pipe_id pipe) override;
  void retire(pipe_id pipe) override;
  void set_writable(pipe_id pipe, bool writable) override;
  void set_readable(pipe_id pipe, bool readable) override;
  pipe_id next_out() noexcept override;
  pipe_id next_in() noexcept override;

private:
  pipe_id peer_ = no_pipe;
  bool writable_ = false;
  bool readable_ = false;
  std::vector<pipe_id> gone_; // retired, in the order they went
};

} // namespace zmqrt::patterns
