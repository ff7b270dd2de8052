// SPDX-License-Identifier: MPL-2.0
//
// The public face of keys and Z85. See zmqrt/curve.hpp.

#include <cassert>
#include <cstring>
#include <new>

#include "libzmqrt/keys/entropy.hpp"
#include "libzmqrt/keys/secret.hpp"
#include "libzmqrt/keys/sodium.hpp"
#include "libzmqrt/keys/z85.hpp"
#include "zmqrt/curve.hpp"
#include "zmqrt/error.hpp"

namespace zmqrt {

namespace {

constexpr std::size_t key_characters =
  curve_key_size / keys::z85_octets * keys::z85_characters;

std::shared_ptr<std::byte> guarded_octets() {
  // Chooses the fastest code for this processor; harmless when it is not the
  // first time. It fails where there is no randomness, and then not alone.
  if (sodium_init() < 0)
    throw std::bad_alloc{};
  auto* const octets = static_cast<std::byte*>(sodium_malloc(curve_key_size));
  if (octets == nullptr)
    throw std::bad_alloc{};
  return {octets, [](std::byte* gone) { sodium_free(gone); }};
}

[[noreturn]] void refuse(const char* subject, const char* rule) {
  throw error(errc::invalid_argument, subject, rule);
}

void read_key(std::string_view z85, std::byte* to) {
  if (z85.size() != key_characters)
    refuse("CURVE key", "40 characters of Z85");
  if (const char* const rule = keys::decode_z85(z85, to))
    refuse("CURVE key", rule);
}

} // namespace

curve_secret_key::curve_secret_key(
  std::span<const std::byte, curve_key_size> octets)
  : octets_(guarded_octets()) {
  std::memcpy(octets_.get(), octets.data(), octets.size());
}

curve_secret_key::curve_secret_key(std::string_view z85)
  : octets_(guarded_octets()) {
  read_key(z85, octets_.get());
}

std::span<const std::byte, curve_key_size>
curve_secret_key::octets() const noexcept {
  assert(octets_ && "moved from");
  return std::span<const std::byte, curve_key_size>{octets_.get(),
                                                    curve_key_size};
}

bool curve_secret_key::same_as(const curve_secret_key& other) const noexcept {
  return keys::same_secret(octets(), other.octets());
}

curve_pair curve_keypair() {
  const auto octets = guarded_octets();
  keys::system_entropy().fill({octets.get(), curve_key_size});
  const curve_secret_key secret{octets};
  return {curve_public(secret), secret};
}

curve_public_key curve_public(const curve_secret_key& secret) {
  curve_public_key out;
  crypto_scalarmult_base(keys::raw(out.data()),
                         keys::raw(secret.octets().data()));
  return out;
}

curve_public_key curve_public_key_from(std::string_view z85) {
  curve_public_key out;
  read_key(z85, out.data());
  return out;
}

std::string z85_encode(std::span<const std::byte> octets) {
  if (octets.size() % keys::z85_octets != 0)
    refuse("Z85", "a multiple of four octets");
  std::string out(octets.size() / keys::z85_octets * keys::z85_characters,
                  '\0');
  keys::encode_z85(octets, out.data());
  return out;
}

std::vector<std::byte> z85_decode(std::string_view text) {
  std::vector<std::byte> out(text.size() / keys::z85_characters
                             * keys::z85_octets);
  if (const char* const rule = keys::decode_z85(text, out.data()))
    refuse("Z85", rule);
  return out;
}

} // namespace zmqrt
