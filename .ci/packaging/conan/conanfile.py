# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""A package of the tree that this recipe lies in: conan create TREE/.ci/packaging/conan --build=missing"""
import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.files import copy, load

required_conan_version = ">=2.0"


class Strata(ConanFile):
    name = "strata"
    description = "Neural networks as C++20 types"
    license = "BSL-1.0"
    topics = ("neural-networks", "machine-learning", "simd", "header-only")
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    default_options = {"boost/*:header_only": True}
    no_copy_source = True

    @property
    def _tree(self):
        return os.path.normpath(os.path.join(self.recipe_folder, "../../.."))

    def set_version(self):
        if not self.version:
            self.version = re.search(r"^ *version: '([^']+)'", load(self, os.path.join(self._tree, "meson.build")),
                                     re.M)[1]

    def export_sources(self):
        for folder in "dsl", "include":
            copy(self, "*.hpp", os.path.join(self._tree, folder), os.path.join(self.export_sources_folder, folder))
        copy(self, "LICENSE", self._tree, self.export_sources_folder)

    def requirements(self):
        self.requires("boost/[>=1.74 <2]")
        self.requires("xsimd/[>=8.1 <15]")
        self.requires("xtensor/[>=0.24 <1]")
        self.requires("zlib/[>=1.2.11 <2]")

    def validate(self):
        check_min_cppstd(self, 20)

    def package(self):
        for folder in "dsl", "include":
            copy(self, "*.hpp", os.path.join(self.source_folder, folder), os.path.join(self.package_folder, "include"))
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))

    def package_id(self):
        self.info.clear()

    def package_info(self):
        """strata::strata is all of these. A program that solves regressions links a LAPACK of its choice."""
        self.cpp_info.set_property("cmake_file_name", "strata")
        self.cpp_info.set_property("cmake_target_name", "strata::strata")
        for name, needed in {
            "predict": ["boost::headers", "xsimd::xsimd"],
            "train": ["predict", "xtensor::xtensor"],
            "data": ["train", "zlib::zlib"],
        }.items():
            part = self.cpp_info.components[name]
            part.set_property("cmake_target_name", f"strata::{name}")
            part.requires = needed
            part.bindirs = []
            part.libdirs = []
