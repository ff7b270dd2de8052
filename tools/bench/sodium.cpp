// SPDX-License-Identifier: MPL-2.0
//
// The contender `sodium`: one thread seals what a CURVE MESSAGE seals (RFC 26),
// a flags octet and the payload, one box per message, into the same memory
// again and again. No frames, no copies, no socket: the ceiling for a sender
// that gives libsodium one core. Opening is another core's work, as with those
// who send.

#include <array>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <vector>

#include <endian.h>

#include <sodium.h>

#include "tools/bench/measure.hpp"
#include "tools/bench/payload.hpp"
#include "tools/bench/sides.hpp"

namespace zmqrt::bench {

namespace {

constexpr std::string_view nonce_prefix = "CurveZMQMESSAGEC";
static_assert(nonce_prefix.size() + sizeof(std::uint64_t)
              == crypto_box_NONCEBYTES);

class sealer {
public:
  explicit sealer(std::size_t size)
    : plain_(1 + size), box_(plain_.size() + crypto_box_MACBYTES) {
    if (sodium_init() < 0)
      throw std::runtime_error("libsodium: sodium_init");
    std::array<unsigned char, crypto_box_PUBLICKEYBYTES> ours;
    std::array<unsigned char, crypto_box_PUBLICKEYBYTES> theirs;
    std::array<unsigned char, crypto_box_SECRETKEYBYTES> secret;
    crypto_box_keypair(theirs.data(), secret.data());
    crypto_box_keypair(ours.data(), secret.data());
    if (crypto_box_beforenm(key_.data(), theirs.data(), secret.data()) != 0)
      throw std::runtime_error("libsodium: crypto_box_beforenm");
    std::memcpy(nonce_.data(), nonce_prefix.data(), nonce_prefix.size());
    write_payload(reinterpret_cast<std::byte*>(plain_.data() + 1), size, 0);
  }

  void seal(std::uint64_t first, std::uint64_t n) {
    for (auto i = first; i < first + n; ++i) {
      const std::uint64_t counter = htobe64(i + 1);
      std::memcpy(nonce_.data() + nonce_prefix.size(), &counter,
                  sizeof counter);
      if (crypto_box_easy_afternm(box_.data(), plain_.data(), plain_.size(),
                                  nonce_.data(), key_.data())
          != 0)
        throw std::runtime_error("libsodium: crypto_box_easy_afternm");
    }
  }

private:
  std::array<unsigned char, crypto_box_BEFORENMBYTES> key_{};
  std::array<unsigned char, crypto_box_NONCEBYTES> nonce_{};
  std::vector<unsigned char> plain_;
  std::vector<unsigned char> box_;
};

} // namespace

throughput_sample measure_sealing(const plan& what) {
  using clock = std::chrono::steady_clock;
  sealer one{what.size};
  one.seal(0, margin(what));
  const auto before = process_cpu_ns();
  const auto start = clock::now();
  one.seal(margin(what), what.count);
  const std::chrono::duration<double, std::nano> took = clock::now() - start;
  const auto cpu = static_cast<double>(process_cpu_ns() - before);
  const auto count = static_cast<double>(what.count);
  return {count * 1e9 / took.count(), cpu / count};
}

} // namespace zmqrt::bench
