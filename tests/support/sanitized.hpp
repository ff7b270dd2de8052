// SPDX-License-Identifier: MPL-2.0
//
// Whether a sanitizer is in this build: its shadow memory counts as ours, so
// that resident memory says nothing there.

#pragma once

namespace zmqrt::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

} // namespace zmqrt::test
