// SPDX-License-Identifier: MPL-2.0
//
// The one place that names Catch2's header: v3 is `catch_all.hpp` here.

#pragma once

#include <catch2/catch.hpp>
