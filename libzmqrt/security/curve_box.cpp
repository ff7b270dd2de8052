// SPDX-License-Identifier: MPL-2.0
//
// Boxes by libsodium. See the header. crypto_box and crypto_secretbox are the
// same construction once the key is agreed upon, so that one pair of functions
// serves them both.

#include "libzmqrt/security/curve_box.hpp"

#include <cassert>
#include <cstring>

#include "libzmqrt/keys/sodium.hpp"
#include "libzmqrt/wire/byte_order.hpp"

namespace zmqrt::security {

using keys::raw;

static_assert(box_overhead == crypto_box_MACBYTES
              && box_overhead == crypto_secretbox_MACBYTES
              && sizeof(box_nonce) == crypto_box_NONCEBYTES
              && sizeof(box_nonce) == crypto_secretbox_NONCEBYTES
              && curve_key_size == crypto_box_PUBLICKEYBYTES
              && curve_key_size == crypto_box_SECRETKEYBYTES
              && crypto_box_BEFORENMBYTES == crypto_secretbox_KEYBYTES);

box_nonce make_nonce(std::string_view prefix, std::uint64_t counter) noexcept {
  box_nonce out;
  assert(prefix.size() + short_nonce_size == out.size());
  std::memcpy(out.data(), prefix.data(), prefix.size());
  wire::store_be64(out.data() + prefix.size(), counter);
  return out;
}

box_nonce
make_nonce(std::string_view prefix,
           std::span<const std::byte, long_nonce_size> octets) noexcept {
  box_nonce out;
  assert(prefix.size() + octets.size() == out.size());
  std::memcpy(out.data(), prefix.data(), prefix.size());
  std::memcpy(out.data() + prefix.size(), octets.data(), octets.size());
  return out;
}

void refill(transient_pair& pair, entropy& from) noexcept {
  from.fill(pair.secret_key.octets());
  crypto_scalarmult_base(raw(pair.public_key.data()),
                         raw(pair.secret_key.data()));
}

bool agree(const curve_public_key& theirs,
           std::span<const std::byte, curve_key_size> ours,
           box_key& out) noexcept {
  return crypto_box_beforenm(raw(out.data()), raw(theirs.data()),
                             raw(ours.data()))
         == 0;
}

void seal_box(std::span<const std::byte> plain, const box_nonce& nonce,
              const box_key& key, std::byte* box) noexcept {
  crypto_secretbox_easy(raw(box), raw(plain.data()), plain.size(),
                        raw(nonce.data()), raw(key.data()));
}

bool open_box(std::span<const std::byte> box, const box_nonce& nonce,
              const box_key& key, std::byte* plain) noexcept {
  return crypto_secretbox_open_easy(raw(plain), raw(box.data()), box.size(),
                                    raw(nonce.data()), raw(key.data()))
         == 0;
}

void append_short_nonce(std::string& to, std::uint64_t counter) {
  char octets[short_nonce_size];
  wire::store_be64(octets, counter);
  to.append(octets, sizeof octets);
}

void append_box(std::string& to, std::span<const std::byte> plain,
                const box_nonce& nonce, const box_key& key) {
  const std::size_t at = to.size();
  to.resize(at + plain.size() + box_overhead);
  seal_box(plain, nonce, key, reinterpret_cast<std::byte*>(to.data() + at));
}

} // namespace zmqrt::security
