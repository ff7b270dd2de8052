// SPDX-License-Identifier: MPL-2.0
//
// The bed that the conformance suite runs transports in: one reactor driven by
// the test's own thread, and handlers that write down what they are told. A
// test is run once for every scheme and backend (setting).

#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/catch.hpp"
#include "transports/reactor.hpp"

namespace conformance {

using namespace zmqrt;
using namespace zmqrt::transports;

enum class scheme { tcp, ipc, abstract_ipc };

/// What one run of a test is about.
struct setting {
  std::string backend; ///< as make() knows it
  scheme kind = scheme::tcp;
};

std::ostream& operator<<(std::ostream& out, const setting& which);

/// Every backend that this machine grants: the ring where the probe says so,
/// once with all that the kernel has and once with the least.
std::vector<std::string> backends();
/// All backends with all schemes.
std::vector<setting> settings();

/// Runs its case once in every setting.
#define IN_EVERY_SETTING(where)                                                \
  const auto where = GENERATE(from_range(settings()));                         \
  CAPTURE(where)

/// Makes the reactor of that name; a test fails if there is none. Beside those
/// of backends(): "io_uring, files only", which has registered files and else
/// the least.
std::unique_ptr<reactor> make(const std::string& backend);

/// A folder that goes with the test.
class scratch_folder {
public:
  scratch_folder();
  ~scratch_folder();
  [[nodiscard]] const std::string& path() const {
    return path_;
  }

private:
  std::string path_;
};

class accept_log;

class bed {
public:
  explicit bed(const setting& which);

  [[nodiscard]] reactor& loop() {
    return *loop_;
  }
  /// A fresh place to listen at.
  address place();
  /// Listens there.
  std::unique_ptr<acceptor> listen(const listen_options& options = {});
  /// Closes the acceptor and waits for its end.
  void close(acceptor& door, const accept_log& told);

  /// Drives the loop until `reached`, asked after every callback, holds. The
  /// test fails when 20 s were not enough.
  void until(const std::function<bool()>& reached);
  /// Drives the loop through everything that can happen now.
  void settle();
  /// Handlers call it when something happened.
  void happened();

private:
  setting which_;
  scratch_folder folder_;
  int places_ = 0;
  std::unique_ptr<reactor> loop_;
  const std::function<bool()>* reached_ = nullptr;
  std::exception_ptr thrown_;
};

/// Bytes that can be told apart, in slabs of `piece` bytes.
batch pattern_batch(std::size_t size, unsigned seed, std::size_t piece = 65536);
std::string pattern_text(std::size_t size, unsigned seed);
std::string text_of(const batch& bytes);

/// A side of a stream: sends what it is given, keeps what it receives.
class side final : public stream_handler {
public:
  explicit side(bed& in) : bed_(in) {
  }
  side(const side&) = delete;

  void take(std::unique_ptr<stream> connection);
  void send(batch bytes);
  void send(std::string_view text);
  /// Closes and waits for the end.
  void finish();
  /// Destroys the stream.
  void drop() {
    stream_.reset();
  }

  stream& link() {
    return *stream_;
  }

  void on_received(const slab_ref& owner,
                   std::span<const std::byte> bytes) override;
  std::span<std::byte> direct_target() override;
  void on_received_direct(std::size_t size) override;
  void on_sent(std::size_t size) override;
  void on_receive_end(std::error_code why) override;
  void on_send_failed(std::error_code why) override;
  void on_closed() override;

  std::string received;
  bool keep = true; ///< false: only count
  std::size_t received_bytes = 0;
  std::size_t direct_bytes = 0;
  std::size_t sent_bytes = 0;
  std::size_t most_told = 0; ///< by one on_sent()
  bool sending = false;
  bool ended = false;
  std::error_code end_code;
  bool failed = false;
  std::error_code fail_code;
  bool closed = false;
  int calls_within = 0; ///< callbacks made from within a call
  std::function<std::span<std::byte>()> wish; ///< what direct_target() answers
  std::function<void(std::span<const std::byte>)> arrived;
  std::function<void()> sent_all;
  std::function<void()> dying; ///< in on_closed()

private:
  struct inside;

  bed& bed_;
  std::unique_ptr<stream> stream_;
  batch outgoing_;
  std::size_t left_ = 0;
  bool inside_ = false;
  std::span<std::byte> target_;
};

class accept_log final : public accept_handler {
public:
  explicit accept_log(bed& in) : bed_(in) {
  }
  void on_accepted(std::unique_ptr<stream> connection) override;
  void on_accept_failed(std::error_code why) override;
  void on_acceptor_closed() override;

  std::vector<std::unique_ptr<stream>> connections;
  std::vector<std::error_code> failures;
  bool closed = false;
  std::function<void()> then; ///< after each connection

private:
  bed& bed_;
};

class dial_log final : public dial_handler {
public:
  explicit dial_log(bed& in) : bed_(in) {
  }
  void on_connected(std::unique_ptr<stream> connection) override;
  void on_dial_failed(std::error_code why) override;
  void on_dial_closed() override;

  std::unique_ptr<stream> connection;
  std::error_code failure;
  int outcomes = 0;
  bool closed = false;

private:
  bed& bed_;
};

/// Two sides of one connection.
struct connected_pair {
  explicit connected_pair(bed& in, const stream_options& options = {});
  /// Closes both sides.
  void finish();

  bed& bed_;
  side near; ///< dialed
  side far;  ///< accepted
};

/// Open descriptors of this process.
std::size_t open_files();

} // namespace conformance
