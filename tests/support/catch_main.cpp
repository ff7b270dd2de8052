// SPDX-License-Identifier: MPL-2.0
//
// Catch2's main for every test executable, compiled once.

#define CATCH_CONFIG_MAIN
#include "tests/support/catch.hpp"
