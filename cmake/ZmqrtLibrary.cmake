# SPDX-License-Identifier: MPL-2.0
#
# The library zmqrt::zmqrt: the objects of all boxes in one, its install rules
# and its package files. What it is made of stays private: consumers see the
# public headers and the one library.

set(zmqrt_boxes zmqrt_core zmqrt_wire zmqrt_security zmqrt_patterns
    zmqrt_transports zmqrt_gate zmqrt_session zmqrt_actors)

if(ZMQRT_SHARED)
  add_library(zmqrt SHARED)
else()
  add_library(zmqrt STATIC)
endif()
add_library(zmqrt::zmqrt ALIAS zmqrt)
foreach(box IN LISTS zmqrt_boxes)
  target_sources(zmqrt PRIVATE $<TARGET_OBJECTS:${box}>)
endforeach()
set_target_properties(zmqrt PROPERTIES
  LINKER_LANGUAGE CXX
  VERSION ${PROJECT_VERSION}
  SOVERSION ${PROJECT_VERSION_MAJOR})
# Our own calls of what we export stay within the library.
target_link_options(zmqrt PRIVATE -Wl,-Bsymbolic-functions)
target_compile_features(zmqrt INTERFACE cxx_std_20)
target_include_directories(zmqrt INTERFACE
  "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/libzmqrt/include>"
  "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/actors/include>"
  "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
target_link_libraries(zmqrt
  PRIVATE $<BUILD_INTERFACE:zmqrt_flags> CAF::core PkgConfig::liburing
          PkgConfig::libsodium spdlog::spdlog Threads::Threads)

if(NOT ZMQRT_INSTALL)
  return()
endif()

include(CMakePackageConfigHelpers)
set(zmqrt_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/zmqrt")

# For the command, wherever the tree is installed.
set(CMAKE_INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")

install(TARGETS zmqrt EXPORT zmqrtTargets)
foreach(storey libzmqrt actors)
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/${storey}/include/"
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.hpp")
endforeach()
install(EXPORT zmqrtTargets NAMESPACE zmqrt::
  DESTINATION "${zmqrt_package_dir}")
configure_package_config_file(cmake/zmqrtConfig.cmake.in
  "${PROJECT_BINARY_DIR}/package/zmqrtConfig.cmake"
  INSTALL_DESTINATION "${zmqrt_package_dir}")
# Before 1.0 a minor version may break what was there.
write_basic_package_version_file(
  "${PROJECT_BINARY_DIR}/package/zmqrtConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/package/zmqrtConfig.cmake"
  "${PROJECT_BINARY_DIR}/package/zmqrtConfigVersion.cmake"
  cmake/FindCAF.cmake
  DESTINATION "${zmqrt_package_dir}")

# A shared library needs nothing named; a static one names it all, as there
# is no other way to link it.
set(ZMQRT_PC_REQUIRES "")
set(ZMQRT_PC_LIBS "")
if(NOT ZMQRT_SHARED)
  set(ZMQRT_PC_REQUIRES "liburing libsodium spdlog")
  set(ZMQRT_PC_LIBS "-lcaf_core -pthread")
endif()
file(RELATIVE_PATH ZMQRT_PC_TO_PREFIX
  "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
configure_file(cmake/zmqrt.pc.in "${PROJECT_BINARY_DIR}/package/zmqrt.pc"
  @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/package/zmqrt.pc"
  DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
