// SPDX-License-Identifier: MPL-2.0
//
// zmq_curve_keypair(3), zmq_curve_public(3), zmq_z85_encode(3) and
// zmq_z85_decode(3). Secrets pass from the guarded memory of
// curve_secret_key to the caller's and back: there are no copies to be wiped.
// Any thread.

#include "zmqrt/curve.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include <zmq.h>

#include "actors/c_api/answer.hpp"
#include "libzmqrt/keys/z85.hpp"

namespace keys = zmqrt::keys;

using zmqrt::c_api::failed;
using zmqrt::c_api::guarded;
using zmqrt::c_api::refused;

namespace {

constexpr std::size_t key_characters =
  zmqrt::curve_key_size / keys::z85_octets * keys::z85_characters;

void write_z85(std::span<const std::byte> octets, char* to) noexcept {
  keys::encode_z85(octets, to);
  to[octets.size() / keys::z85_octets * keys::z85_characters] = '\0';
}

} // namespace

extern "C" {

int zmq_curve_keypair(char* public_key, char* secret_key) {
  if (public_key == nullptr || secret_key == nullptr)
    return failed(EINVAL);
  return guarded([&] {
    const zmqrt::curve_pair fresh = zmqrt::curve_keypair();
    write_z85(fresh.public_key, public_key);
    write_z85(fresh.secret_key.octets(), secret_key);
    return 0;
  });
}

int zmq_curve_public(char* public_key, const char* secret_key) {
  if (public_key == nullptr || secret_key == nullptr)
    return failed(EINVAL);
  return guarded([&] {
    // One more than a key has is too long, however long it is.
    const std::size_t size = ::strnlen(secret_key, key_characters + 1);
    const zmqrt::curve_secret_key secret{std::string_view{secret_key, size}};
    write_z85(zmqrt::curve_public(secret), public_key);
    return 0;
  });
}

char* zmq_z85_encode(char* to, const std::uint8_t* octets, std::size_t size) {
  if (to == nullptr || (octets == nullptr && size != 0)
      || size % keys::z85_octets != 0)
    return refused(EINVAL);
  write_z85(std::as_bytes(std::span{octets, size}), to);
  return to;
}

std::uint8_t* zmq_z85_decode(std::uint8_t* to, const char* text) {
  if (to == nullptr || text == nullptr || *text == '\0')
    return refused(EINVAL);
  if (keys::decode_z85(text, reinterpret_cast<std::byte*>(to)) != nullptr)
    return refused(EINVAL);
  return to;
}

} // extern "C"
