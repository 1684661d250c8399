# SPDX-License-Identifier: Apache-2.0
# charmux_room(NAME [DEPENDS libraries]): the room src/NAME as the static library charmux_NAME. The rooms it may use are
# those before it in docs/architecture.md; what it does use is named here, so that a call upward fails to link.
function(charmux_room name)
  cmake_parse_arguments(ROOM "" "" "DEPENDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  if(NOT sources)
    add_library(charmux_${name} INTERFACE)
    return()
  endif()
  add_library(charmux_${name} STATIC ${sources})
  target_include_directories(charmux_${name} PUBLIC ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(charmux_${name} PUBLIC ${ROOM_DEPENDS})
endfunction()
