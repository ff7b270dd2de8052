# SPDX-License-Identifier: MPL-2.0
#
# How everything of ours is compiled: flags, sanitizers, ccache, and the
# function that makes a box.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # The sloppiness is what ccache's manual asks for with precompiled headers.
  # Two build trees may share objects: sources have absolute names.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND}" -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime
      CCACHE_NOHASHDIR=1
      "${CCACHE}")
endif()

# Everything of ours links to this; nothing outside ever sees it.
add_library(zmqrt_flags INTERFACE)
target_compile_options(zmqrt_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  -Wnon-virtual-dtor -Woverloaded-virtual
  # g++ 12 warns inside its own std::string at -O3 (GCC bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  # In place of a check of clang-tidy's that costs far more.
  $<$<CXX_COMPILER_ID:Clang>:-Wreserved-identifier>)
if(ZMQRT_WERROR)
  target_compile_options(zmqrt_flags INTERFACE -Werror)
endif()
if(ZMQRT_SANITIZE)
  target_compile_options(zmqrt_flags INTERFACE
    -fsanitize=${ZMQRT_SANITIZE} -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  target_link_options(zmqrt_flags INTERFACE -fsanitize=${ZMQRT_SANITIZE})
  # UBSan looks at a vtable pointer through a pipe, and takes the object for
  # an invalid one where a test has used up all files.
  if(ZMQRT_SANITIZE MATCHES "undefined")
    target_compile_options(zmqrt_flags INTERFACE -fno-sanitize=vptr)
  endif()
  # g++ 12 sees things that are not there once a sanitizer is in the code.
  target_compile_options(zmqrt_flags INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()
if(ZMQRT_FUZZ)
  # Coverage for the fuzzer in the boxes; its main only in the fuzz targets.
  target_compile_options(zmqrt_flags INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(zmqrt_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(ZMQRT_LTO)
  include(CheckIPOSupported)
  check_ipo_supported()
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
endif()

# zmqrt_has_coroutines(<source>...)
#
# clang 14's UBSan puts the type of a function beside it, of a coroutine also
# beside each of its parts, where it cannot be ("Cannot represent a difference
# across sections").
function(zmqrt_has_coroutines)
  if(ZMQRT_SANITIZE MATCHES "undefined"
     AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    set_source_files_properties(${ARGN} PROPERTIES
      COMPILE_OPTIONS -fno-sanitize=function)
  endif()
endfunction()

# zmqrt_add_box(<name> SOURCES ... LIBRARIES ...)
#
# One box of the house: a static library whose headers others include from
# the root of the tree ("libzmqrt/wire/engine.hpp"). Folders below the box add
# their files with target_sources(<name> PRIVATE ...).
function(zmqrt_add_box name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBRARIES")
  add_library(${name} STATIC ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES LINKER_LANGUAGE CXX)
  target_include_directories(${name} PUBLIC
    "${PROJECT_SOURCE_DIR}"
    "${PROJECT_SOURCE_DIR}/libzmqrt/include"
    "${PROJECT_SOURCE_DIR}/actors/include")
  target_link_libraries(${name} PUBLIC ${arg_LIBRARIES} PRIVATE zmqrt_flags)
  cmake_language(EVAL CODE "cmake_language(DEFER
    DIRECTORY \"${PROJECT_SOURCE_DIR}\" CALL zmqrt_fill_empty_box ${name})")
endfunction()

# A static library needs a source: give an empty box one.
function(zmqrt_fill_empty_box name)
  get_target_property(sources ${name} SOURCES)
  if(NOT sources)
    file(WRITE "${PROJECT_BINARY_DIR}/empty/${name}.cpp" "")
    target_sources(${name} PRIVATE "${PROJECT_BINARY_DIR}/empty/${name}.cpp")
  endif()
endfunction()
