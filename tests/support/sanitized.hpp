// SPDX-License-Identifier: MPL-2.0
//
// Whether a sanitizer is in this build: its shadow memory counts as ours, so
// that resident memory says nothing there.

#pragma once

namespace zmqrt::test {

// g++ defines macros, clang++ has features.
#if !defined(__has_feature)
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)              \
  || __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

} // namespace zmqrt::test
