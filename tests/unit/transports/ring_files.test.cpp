// SPDX-License-Identifier: MPL-2.0
//
// The ring's table of files without a loop. Where no ring or no table is
// granted there is nothing to test.

#include "transports/ring/ring_files.hpp"

#include <array>
#include <optional>

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/support/catch.hpp"
#include "transports/posix/descriptor.hpp"
#include "transports/ring/ring_queue.hpp"

using namespace zmqrt::transports;

namespace {

bool granted() {
  return probed_ring() && probed_ring()->registered_files;
}

/// A ring at work, with a table.
struct filed_ring {
  explicit filed_ring(ring_files::slot capacity)
    : files(queue.raw(), capacity) {
    queue.enable();
  }
  ~filed_ring() {
    queue.leave();
  }

  ring_queue queue{*probed_ring()};
  ring_files files;
};

struct open_pipe {
  open_pipe() {
    std::array<int, 2> ends{-1, -1};
    REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
    reader = descriptor{ends[0]};
    writer = descriptor{ends[1]};
  }

  [[nodiscard]] bool has_reader() const {
    pollfd seen{writer.get(), 0, 0};
    return ::poll(&seen, 1, 0) == 0;
  }

  descriptor reader;
  descriptor writer;
};

/// What a poll of the file in `which` answers.
int ready_events(ring_queue& queue, ring_files::slot which) {
  auto& ring = queue.raw();
  auto* entry = io_uring_get_sqe(&ring);
  io_uring_prep_poll_add(entry, static_cast<int>(which), POLLOUT);
  entry->flags |= IOSQE_FIXED_FILE;
  io_uring_cqe* done = nullptr;
  REQUIRE(io_uring_submit_and_wait(&ring, 1) == 1);
  REQUIRE(io_uring_peek_cqe(&ring, &done) == 0);
  const auto outcome = done->res;
  io_uring_cqe_seen(&ring, done);
  return outcome;
}

} // namespace

TEST_CASE("a file is reached by its slot, and gone with it") {
  if (!granted())
    return;
  filed_ring ring{4};
  open_pipe used;
  const auto slot = ring.files.add(used.writer.get());
  REQUIRE(slot);
  CHECK((ready_events(ring.queue, *slot) & POLLOUT) != 0);
  REQUIRE(ring.files.remove(*slot));
  CHECK(ready_events(ring.queue, *slot) == -EBADF);
}

TEST_CASE("the ring's own reference keeps a file until it is removed") {
  if (!granted())
    return;
  filed_ring ring{4};
  open_pipe used;
  const auto slot = ring.files.add(used.reader.get());
  REQUIRE(slot);
  used.reader.close();
  CHECK(used.has_reader());
  REQUIRE(ring.files.remove(*slot));
  CHECK_FALSE(used.has_reader());
}

TEST_CASE("a full table says so, and its slots are used again") {
  if (!granted())
    return;
  filed_ring ring{2};
  open_pipe used;
  const auto first = ring.files.add(used.writer.get());
  const auto second = ring.files.add(used.writer.get());
  REQUIRE(first);
  REQUIRE(second);
  CHECK(*first != *second);
  CHECK_FALSE(ring.files.add(used.writer.get()));
  REQUIRE(ring.files.remove(*first));
  CHECK(ring.files.add(used.writer.get()) == first);
  CHECK_FALSE(ring.files.add(used.writer.get()));
}

TEST_CASE("a file that the ring failed to let go gives way to the next") {
  if (!granted())
    return;
  filed_ring ring{1};
  open_pipe used;
  const auto slot = ring.files.add(used.writer.get());
  REQUIRE(slot);
  REQUIRE(io_uring_unregister_files(&ring.queue.raw()) == 0);
  CHECK_FALSE(ring.files.remove(*slot));
  CHECK_FALSE(
    ring.files.add(used.writer.get())); // refused: the descriptor will do
  REQUIRE(io_uring_register_files_sparse(&ring.queue.raw(), 1) == 0);
  CHECK(ring.files.add(used.writer.get()) == slot);
  CHECK((ready_events(ring.queue, *slot) & POLLOUT) != 0);
}

TEST_CASE("a table keeps within the limit of descriptors, and leaves it be") {
  if (!granted())
    return;
  filed_ring ring{4096}; // the table comes with the first file
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit low{64, before.rlim_max};
  REQUIRE(setrlimit(RLIMIT_NOFILE, &low) == 0);
  int count = 0;
  while (count < 100 && ring.files.add(STDERR_FILENO))
    ++count;
  rlimit after{};
  getrlimit(RLIMIT_NOFILE, &after);
  setrlimit(RLIMIT_NOFILE, &before);
  CHECK(count == 64);
  CHECK(after.rlim_cur == 64);
}

TEST_CASE("without capacity there is no table") {
  if (!granted())
    return;
  filed_ring ring{0};
  CHECK_FALSE(ring.files.add(STDERR_FILENO));
  CHECK(io_uring_unregister_files(&ring.queue.raw()) == -ENXIO);
}
