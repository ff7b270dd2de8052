// SPDX-License-Identifier: MPL-2.0
//
// The sending half of a stream on a ring: one sendmsg in flight at a time,
// until the batch is written. Belongs to the loop's thread.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "transports/posix/batch_cursor.hpp"
#include "transports/ring/ring_reactor.hpp"
#include "transports/stream.hpp"

namespace zmqrt::transports {

class ring_stream;

class ring_sender final : public ring_operation {
public:
  ring_sender(ring_stream& of, const stream_options& options) noexcept
    : of_(of), most_bytes_(std::max<std::size_t>(options.send_batch_bytes, 1)) {
  }

  void send(const batch& bytes);
  void on_completion(int outcome, std::uint32_t flags) override;

private:
  void write_next();
  void fail(int error);

  ring_stream& of_;
  std::size_t most_bytes_; // of a write
  batch_cursor unsent_;
  std::unique_ptr<write_parts> parts_;
};

} // namespace zmqrt::transports
