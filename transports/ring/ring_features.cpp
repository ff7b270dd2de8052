// SPDX-License-Identifier: MPL-2.0
//
// Probing io_uring. See ring_features.hpp.

#include "transports/ring/ring_features.hpp"

#include <array>
#include <initializer_list>
#include <memory>

#include <liburing.h>

#include "transports/ring/passing_thread.hpp"
#include "transports/ring/ring_files.hpp"
#include "transports/ring/ring_queue.hpp"

namespace zmqrt::transports {

namespace {

constexpr std::array needed_operations{
  IORING_OP_POLL_ADD, IORING_OP_SENDMSG, IORING_OP_RECVMSG,     IORING_OP_RECV,
  IORING_OP_ACCEPT,   IORING_OP_CONNECT, IORING_OP_ASYNC_CANCEL};

constexpr unsigned needed_features =
  IORING_FEAT_NODROP | IORING_FEAT_SUBMIT_STABLE | IORING_FEAT_FAST_POLL
  | IORING_FEAT_EXT_ARG;

bool has_needed(io_uring& ring, const io_uring_probe& known) noexcept {
  if ((ring.features & needed_features) != needed_features)
    return false;
  for (auto operation : needed_operations)
    if (io_uring_opcode_supported(&known, operation) == 0)
      return false;
  return true;
}

bool grants(unsigned flags) noexcept {
  io_uring ring{};
  if (io_uring_queue_init(4, &ring, flags) != 0)
    return false;
  io_uring_queue_exit(&ring);
  return true;
}

std::optional<ring_features> probe() noexcept {
  io_uring ring{};
  if (io_uring_queue_init(4, &ring, 0) != 0)
    return std::nullopt; // ENOSYS, EPERM (sandbox, sysctl), ENOMEM, EMFILE
  const std::unique_ptr<io_uring_probe, void (*)(io_uring_probe*)> known{
    io_uring_get_probe_ring(&ring), io_uring_free_probe};
  const bool usable = known && has_needed(ring, *known);
  ring_features out;
  // Came with the same kernel as POLL_FIRST, which has no mark of its own.
  out.poll_first =
    usable && io_uring_opcode_supported(known.get(), IORING_OP_SEND_ZC) != 0;
  out.registered_files = usable && ring_files::work_on(ring);
  io_uring_queue_exit(&ring);
  if (!usable)
    return std::nullopt;
  out.deferred_taskrun = grants(deferred_flags);
  out.cooperative_taskrun = grants(cooperative_flags);
  // The rest shows when it is first asked for: the loop remembers a refusal.
  return out;
}

} // namespace

const std::optional<ring_features>& probed_ring() noexcept {
  static const auto found = on_passing_thread(probe);
  return found;
}

} // namespace zmqrt::transports
