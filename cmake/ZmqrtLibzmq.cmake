# SPDX-License-Identifier: MPL-2.0
#
# libzmq.so.5 on zmqrt (docs/adr/0014), with libzmq's draft functions and
# without. It is installed as a component of its own, into a directory that no
# linker looks into by itself.

# zmqrt_add_libzmq(<target> <directory> <box>)
#
# libzmq.so.5 in a directory of its own, so that nothing finds it by accident.
function(zmqrt_add_libzmq target directory box)
  add_library(${target} SHARED)
  foreach(each IN LISTS zmqrt_boxes ITEMS zmqrt_c_handles zmqrt_c_api ${box})
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${each}>)
  endforeach()
  set_target_properties(${target} PROPERTIES
    LINKER_LANGUAGE CXX
    OUTPUT_NAME zmq
    VERSION 5.2.4 # as 4.3.4's
    SOVERSION 5
    LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/${directory}"
    LINK_DEPENDS "${PROJECT_SOURCE_DIR}/actors/c_api/exports.map")
  # It has threads that outlive a dlclose(3).
  target_link_options(${target} PRIVATE
    "-Wl,--version-script=${PROJECT_SOURCE_DIR}/actors/c_api/exports.map"
    -Wl,-Bsymbolic -Wl,-z,nodelete)
  target_link_libraries(${target} PRIVATE zmqrt_flags CAF::core
    PkgConfig::liburing PkgConfig::libsodium spdlog::spdlog Threads::Threads)
endfunction()

zmqrt_add_libzmq(zmqrt_libzmq libzmq zmqrt_c_api_stable)
zmqrt_add_libzmq(zmqrt_libzmq_draft libzmq-draft zmqrt_c_api_draft)

set(zmqrt_libzmq_installed zmqrt_libzmq)
if(ZMQRT_LIBZMQ_DRAFTS)
  set(zmqrt_libzmq_installed zmqrt_libzmq_draft)
endif()
if(ZMQRT_INSTALL)
  install(TARGETS ${zmqrt_libzmq_installed}
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}/zmqrt" COMPONENT libzmq
    NAMELINK_SKIP)
endif()
