// SPDX-License-Identifier: MPL-2.0
//
// Baking and opening cookies. See the header.

#include "libzmqrt/security/curve_cookies.hpp"

#include <algorithm>
#include <utility>

namespace zmqrt::security {

namespace {

constexpr std::string_view nonce_prefix = "COOKIE--";
constexpr std::size_t content_size = 2 * curve_key_size;

static_assert(cookie_size == long_nonce_size + content_size + box_overhead);

} // namespace

cookie curve_cookies::bake(const cookie_content& content, time_point now) {
  expire(now);
  if (!current_) {
    current_.emplace();
    current_->since = now;
    entropy_->fill(current_->key.octets());
  }
  secret<content_size> plain;
  const auto behind = std::copy(content.client.begin(), content.client.end(),
                                plain.octets().begin());
  std::copy_n(content.server.data(), curve_key_size, behind);
  cookie out;
  const auto nonce = std::span{out}.first<long_nonce_size>();
  entropy_->fill(nonce);
  seal_box(plain.octets(), make_nonce(nonce_prefix, nonce), current_->key,
           out.data() + long_nonce_size);
  return out;
}

bool curve_cookies::open(std::span<const std::byte, cookie_size> from,
                         time_point now, cookie_content& out) {
  expire(now);
  const box_nonce nonce =
    make_nonce(nonce_prefix, from.first<long_nonce_size>());
  secret<content_size> plain;
  for (const auto* const baked : {&current_, &previous_}) {
    if (!*baked
        || !open_box(from.subspan(long_nonce_size), nonce, (*baked)->key,
                     plain.data()))
      continue;
    std::copy_n(plain.data(), curve_key_size, out.client.begin());
    std::copy_n(plain.data() + curve_key_size, curve_key_size,
                out.server.data());
    return true;
  }
  return false;
}

void curve_cookies::expire(time_point now) noexcept {
  if (current_ && now - current_->since >= cookie_life) {
    previous_ = std::move(current_);
    current_.reset();
  }
  if (previous_ && now - previous_->since >= 2 * cookie_life)
    previous_.reset();
}

std::optional<time_point> curve_cookies::expires() const noexcept {
  if (previous_)
    return previous_->since + 2 * cookie_life;
  if (current_)
    return current_->since + cookie_life;
  return {};
}

} // namespace zmqrt::security
