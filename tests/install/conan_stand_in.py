#!/usr/bin/env python3
"""Runs the recipe of .ci/packaging/conan where Conan is not installed: conan_stand_in.py RECIPE DIRECTORY
Only what this recipe uses of Conan stands in for it. The package is in DIRECTORY/package then."""
import collections
import importlib.util
import pathlib
import shutil
import sys
import types


def module(name, **contents):
    made = types.ModuleType(name)
    vars(made).update(contents)
    sys.modules[name] = made


def copy(_, pattern, src, dst):
    found = [path for path in pathlib.Path(src).rglob(pattern) if path.is_file()]
    if not found:
        sys.exit(f"nothing fits {pattern} in {src}")
    for path in found:
        to = pathlib.Path(dst) / path.relative_to(src)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, to)


class Information:
    """Of a package or of a part of one: any attribute, and properties."""

    def __init__(self):
        self.properties = {}
        self.components = collections.defaultdict(Information)

    def set_property(self, name, value):
        self.properties[name] = value

    def clear(self):
        self.properties.clear()


class ConanFile:
    version = None

    def __init__(self, recipe, directory):
        self.recipe_folder = str(recipe)
        self.export_sources_folder = self.source_folder = str(directory / "sources")
        self.package_folder = str(directory / "package")
        self.required, self.cpp_info, self.info = [], Information(), Information()

    def requires(self, reference):
        self.required.append(reference)


recipe, directory = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
module("conan", ConanFile=ConanFile)
module("conan.tools")
module("conan.tools.build", check_min_cppstd=lambda recipe, standard: None)
module("conan.tools.files", copy=copy, load=lambda _, path: pathlib.Path(path).read_text(encoding="utf-8"))
specification = importlib.util.spec_from_file_location("recipe", recipe / "conanfile.py")
loaded = importlib.util.module_from_spec(specification)
sys.dont_write_bytecode = True
specification.loader.exec_module(loaded)

package = loaded.Strata(recipe, directory)
for step in ("set_version", "export_sources", "requirements", "validate", "package", "package_id", "package_info"):
    getattr(package, step)()

# Every library that a part names is required, and each required one is named.
parts = package.cpp_info.components
named = {each.split("::")[0] for part in parts.values() for each in part.requires if "::" in each}
required = {each.split("/")[0] for each in package.required}
inner = {each for part in parts.values() for each in part.requires if "::" not in each}
if named != required or not inner <= set(parts):
    sys.exit(f"required are {sorted(required)}, named {sorted(named)} and {sorted(inner)} of {sorted(parts)}")
print(f"{package.name}/{package.version} requires {', '.join(sorted(required))}")
