// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/io/import/hdf5_handle.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <zip.h>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::exports {

/// An HDF5 file in memory, to which arrays are added. Programs link -lhdf5_serial.
class hdf5_image {
public:
    explicit hdf5_image(std::filesystem::path path)
        : path_(std::move(path)), file_(create()), deep_(expect(H5Pcreate(H5P_LINK_CREATE)), H5Pclose) {
        expect(H5Pset_create_intermediate_group(deep_.get(), 1));
    }

    /// A group and all that it stands in.
    void add_group(const std::string& name) {
        const imports::hdf5_handle made(
            H5Gcreate2(file_.get(), name.c_str(), deep_.get(), H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
        expect(made.get());
    }
    void add(const std::string& name, const std::vector<std::size_t>& shape,
             const std::vector<float>& numbers) {
        add(name, shape, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, numbers.data());
    }
    /// A single whole number.
    void add(const std::string& name, long long number) {
        add(name, {}, H5T_STD_I64LE, H5T_NATIVE_LLONG, &number);
    }

    [[nodiscard]] std::vector<unsigned char> bytes() const {
        expect(H5Fflush(file_.get(), H5F_SCOPE_GLOBAL));
        const ssize_t size = H5Fget_file_image(file_.get(), nullptr, 0);
        expect(size);
        std::vector<unsigned char> result(static_cast<std::size_t>(size));
        expect(H5Fget_file_image(file_.get(), result.data(), result.size()));
        return result;
    }

private:
    [[nodiscard]] imports::hdf5_handle create() const {
        const imports::hdf5_handle way(expect(H5Pcreate(H5P_FILE_ACCESS)), H5Pclose);
        expect(H5Pset_fapl_core(way.get(), 1 << 20, false));
        return {expect(H5Fcreate("in memory", H5F_ACC_TRUNC, H5P_DEFAULT, way.get())), H5Fclose};
    }
    template <class Result>
    Result expect(Result result) const {
        if (result < 0)
            internal::raise(
                data_error::in_file(path_, "weights that HDF5's library writes", "a failure of it"));
        return result;
    }
    void add(const std::string& name, const std::vector<std::size_t>& shape, hid_t stored, hid_t given,
             const void* numbers) {
        const std::vector<hsize_t> extents(shape.begin(), shape.end());
        const imports::hdf5_handle space(
            expect(extents.empty()
                       ? H5Screate(H5S_SCALAR)
                       : H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr)),
            H5Sclose);
        const imports::hdf5_handle set(expect(H5Dcreate2(file_.get(), name.c_str(), stored, space.get(),
                                                         deep_.get(), H5P_DEFAULT, H5P_DEFAULT)),
                                       H5Dclose);
        expect(H5Dwrite(set.get(), given, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers));
    }

    std::filesystem::path path_;
    imports::hdf5_handle file_;
    imports::hdf5_handle deep_; ///< makes the groups that a name stands in
};

/// A part of a ZIP archive.
struct zip_part {
    std::string name;
    std::vector<unsigned char> bytes;
};

/// The bytes of a ZIP archive with some parts, which are stored as they are. Programs link -lzip.
inline std::vector<unsigned char> zip_bytes(const std::vector<zip_part>& parts,
                                            const std::filesystem::path& path) {
    const auto expect = [&](bool succeeded) {
        if (!succeeded)
            internal::raise(data_error::in_file(path, "an archive that libzip writes", "a failure of it"));
    };
    zip_error_t error;
    zip_error_init(&error);
    const std::unique_ptr<zip_source_t, void (*)(zip_source_t*)> target(
        zip_source_buffer_create(nullptr, 0, 0, &error), zip_source_free);
    expect(target != nullptr);
    zip_source_keep(target.get());
    zip_t* const archive = zip_open_from_source(target.get(), ZIP_TRUNCATE, &error);
    expect(archive != nullptr);
    for (const zip_part& part : parts) {
        zip_source_t* const source = zip_source_buffer(archive, part.bytes.data(), part.bytes.size(), 0);
        const zip_int64_t index = zip_file_add(archive, part.name.c_str(), source, ZIP_FL_ENC_UTF_8);
        expect(index >= 0 &&
               zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0) == 0);
    }
    expect(zip_close(archive) == 0);
    zip_stat_t facts;
    expect(zip_source_stat(target.get(), &facts) == 0 && zip_source_open(target.get()) == 0);
    std::vector<unsigned char> result(static_cast<std::size_t>(facts.size));
    expect(zip_source_read(target.get(), result.data(), result.size()) ==
           static_cast<zip_int64_t>(result.size()));
    zip_source_close(target.get());
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::exports
