// SPDX-License-Identifier: MPL-2.0
//
// The file that Catch2's header is precompiled for; all tests share that.

#include "tests/support/catch.hpp"
