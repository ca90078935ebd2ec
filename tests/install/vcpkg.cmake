# What vcpkg does for a header-only port, as far as this port asks for it; then the port itself.
#   cmake -DCURRENT_PORT_DIR=... -DCURRENT_PACKAGES_DIR=... -DCURRENT_BUILDTREES_DIR=... -P vcpkg.cmake
set(PORT strata)

function(run)
  execute_process(COMMAND ${CMAKE_COMMAND} ${ARGN} COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
endfunction()

function(vcpkg_cmake_configure)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" SOURCE_PATH OPTIONS)
  run(-S "${arg_SOURCE_PATH}" -B "${CURRENT_BUILDTREES_DIR}" "-DCMAKE_INSTALL_PREFIX=${CURRENT_PACKAGES_DIR}"
    ${arg_OPTIONS})
endfunction()

function(vcpkg_cmake_install)
  run(--build "${CURRENT_BUILDTREES_DIR}")
  run(--install "${CURRENT_BUILDTREES_DIR}")
endfunction()

# vcpkg moves the configuration to share/PORT, and its prefix is two folders above it from then on.
function(vcpkg_cmake_config_fixup)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" CONFIG_PATH "")
  file(GLOB files "${CURRENT_PACKAGES_DIR}/${arg_CONFIG_PATH}/*")
  file(COPY ${files} DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
  file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/share/cmake")
  set(config "${CURRENT_PACKAGES_DIR}/share/${PORT}/strataConfig.cmake")
  file(READ "${config}" text)
  string(REGEX REPLACE "(PACKAGE_PREFIX_DIR \"[^\"]*LIST_DIR}/)[./]*\"" "\\1../../\"" moved "${text}")
  if(moved STREQUAL text)
    message(FATAL_ERROR "there is no prefix to move in ${config}")
  endif()
  file(WRITE "${config}" "${moved}")
endfunction()

function(vcpkg_install_copyright)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" FILE_LIST)
  file(INSTALL ${arg_FILE_LIST} DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}" RENAME copyright)
endfunction()

include("${CURRENT_PORT_DIR}/portfile.cmake")

# What vcpkg's own check of a package after it was built refuses.
file(GLOB_RECURSE misplaced "${CURRENT_PACKAGES_DIR}/lib/*" "${CURRENT_PACKAGES_DIR}/debug/*"
  "${CURRENT_PACKAGES_DIR}/share/cmake/*")
if(misplaced OR NOT EXISTS "${CURRENT_PACKAGES_DIR}/share/${PORT}/copyright")
  message(FATAL_ERROR "no copyright, or files where none belong: ${misplaced}")
endif()
