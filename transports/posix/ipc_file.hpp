// SPDX-License-Identifier: MPL-2.0
//
// The file of an ipc endpoint: taken over from a dead process, removed when
// its listener closes if it is still ours. Any thread.

#pragma once

#include <system_error>

#include <sys/types.h>

#include "transports/address.hpp"
#include "transports/posix/descriptor.hpp"

namespace zmqrt::transports {

/// Held while a listener binds: of two that find the same file left behind,
/// the later one would remove what the earlier one has just bound. An abstract
/// socket whose name stands for the path; the kernel lets go of it with the
/// process.
class ipc_bind_lock {
public:
  explicit ipc_bind_lock(const address& where);
  [[nodiscard]] bool held() const noexcept {
    return static_cast<bool>(socket_);
  }

private:
  descriptor socket_;
};

class ipc_file {
public:
  ipc_file() noexcept = default;
  ipc_file(ipc_file&& other) noexcept;
  ipc_file& operator=(ipc_file&& other) noexcept;
  /// Removes the file, if it is still the one that was bound.
  ~ipc_file();

  /// Binds `fd` to the path; with `take_over`, in the place of a socket that
  /// nobody serves any more. Errors: address_in_use (also for a file that is
  /// no socket), and what bind(2) says.
  [[nodiscard]] std::error_code bind(int fd, const address& where,
                                     bool take_over);

private:
  address where_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

} // namespace zmqrt::transports
