# Strata's targets, for an installation and for a project that adds this folder. Each is the one before it and more:
#   strata::predict     names, checks and predicts: Boost, xsimd, and OpenMP where there is some
#   strata::train       trains: xtensor
#   strata::strata      reads data, all of strata/strata.hpp: zlib
#   strata::regression  solves regressions: LAPACK
cmake_policy(VERSION 3.20...3.31)

# The first of some targets that is there, be it the project's own or what find_package brings; else nothing.
function(strata_find result package)
  if(NOT TARGET ${ARGV2})
    find_package(${package} QUIET)
  endif()
  foreach(target IN LISTS ARGN)
    if(TARGET ${target})
      set(${result} ${target} PARENT_SCOPE)
      return()
    endif()
  endforeach()
  set(${result} "" PARENT_SCOPE)
endfunction()

# Defines strata::COMPONENT and those before it, with these folders of headers, as targets of the whole project if SCOPE
# is GLOBAL. MISSING becomes a sentence for each thing that cannot be found; then the target is not defined.
function(strata_define component directories scope missing)
  set(components predict train strata regression)
  set(${missing} "" PARENT_SCOPE)
  if(NOT component IN_LIST components)
    list(JOIN components ", " known)
    set(${missing} "strata has no component ${component}; it has ${known}." PARENT_SCOPE)
    return()
  endif()
  if(NOT CMAKE_CXX_COMPILER_LOADED)
    set(${missing} "strata needs C++: enable the language CXX before it is looked for." PARENT_SCOPE)
    return()
  endif()

  # The package, what Debian calls it, and the targets that may stand for it.
  set(predict_packages Boost xsimd xtl)
  set(train_packages xtensor)
  set(strata_packages ZLIB)
  set(regression_packages LAPACK)
  set(Boost_is libboost-dev Boost::headers Boost::boost)
  set(xsimd_is libxsimd-dev xsimd)
  set(xtl_is xtl-dev xtl)
  set(xtensor_is libxtensor-dev xtensor xtensor::xtensor)
  set(ZLIB_is zlib1g-dev ZLIB::ZLIB)
  set(LAPACK_is liblapack-dev LAPACK::LAPACK)

  set(links "")
  set(sentences "")
  set(links_of_xsimd "")
  foreach(each IN LISTS components)
    foreach(package IN LISTS ${each}_packages)
      # xsimd 8, as Debian has it, links xtl and does not look for it; a newer one knows nothing of it.
      if(package STREQUAL "xtl" AND NOT "xtl" IN_LIST links_of_xsimd)
        continue()
      endif()
      list(POP_FRONT ${package}_is debian)
      strata_find(target ${package} ${${package}_is})
      if(target)
        list(APPEND links ${target})
        if(package STREQUAL "xsimd")
          get_target_property(links_of_xsimd ${target} INTERFACE_LINK_LIBRARIES)
        endif()
      else()
        string(APPEND sentences "strata::${each} needs ${package}, which cannot be found; on Debian it is "
          "${debian}. ")
      endif()
    endforeach()
    if(each STREQUAL "predict")
      find_package(OpenMP QUIET COMPONENTS CXX)
      if(TARGET OpenMP::OpenMP_CXX)
        list(APPEND links OpenMP::OpenMP_CXX)
      endif()
    endif()
    if(NOT sentences AND NOT TARGET strata::${each})
      add_library(strata::${each} INTERFACE IMPORTED ${scope})
      set_target_properties(strata::${each} PROPERTIES
        INTERFACE_INCLUDE_DIRECTORIES "${directories}"
        INTERFACE_COMPILE_FEATURES cxx_std_20
        INTERFACE_LINK_LIBRARIES "${links}")
    endif()
    if(each STREQUAL component)
      break()
    endif()
  endforeach()
  string(STRIP "${sentences}" sentences)
  set(${missing} "${sentences}" PARENT_SCOPE)
endfunction()
