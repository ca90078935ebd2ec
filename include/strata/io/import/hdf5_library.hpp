// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/hdf5_handle.hpp>
#include <strata/setting.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// An HDF5 file in the process that reads it by HDF5's C library, which files that are made for it crash.
/// Links out of the file and arrays in other files are not followed. What is wrong with a file ends the
/// process by fail(expected, found).
class hdf5_library_file {
public:
    using failure = std::function<void(std::string_view expected, std::string_view found)>;

    /// A file of so many bytes: those, or where there are none those of that path.
    hdf5_library_file(std::vector<unsigned char>& image, const std::string& path, std::uint64_t bytes,
                      failure fail)
        : fail_(std::move(fail)), bytes_(bytes), file_(image.empty() ? open_path(path) : open_image(image)) {
        if (!file_.valid())
            this->fail("an HDF5 file", "what HDF5's library cannot open");
    }

    /// Whether there is a group or an array of this path, "layers/dense/vars".
    [[nodiscard]] bool contains(const std::string& path) const {
        std::size_t end = 0;
        while (end < path.size()) {
            end = std::min(path.find('/', end + 1), path.size());
            const std::string part = path.substr(0, end);
            H5L_info_t link;
            if (H5Lexists(file_.get(), part.c_str(), H5P_DEFAULT) <= 0 ||
                H5Lget_info(file_.get(), part.c_str(), &link, H5P_DEFAULT) < 0 || link.type != H5L_TYPE_HARD)
                return false;
        }
        return !path.empty() && H5Oexists_by_name(file_.get(), path.c_str(), H5P_DEFAULT) > 0;
    }

    /// Names in a group, of groups and arrays; "/" is the outermost.
    [[nodiscard]] std::vector<std::string> names(const std::string& group) const {
        std::vector<std::string> result;
        const hdf5_handle opened(H5Gopen2(file_.get(), group.c_str(), H5P_DEFAULT), H5Gclose);
        H5G_info_t facts;
        if (!opened.valid() || H5Gget_info(opened.get(), &facts) < 0)
            return result;
        for (hsize_t i = 0; i < facts.nlinks; ++i) {
            std::array<char, 1024> text{};
            const ssize_t length = H5Lget_name_by_idx(opened.get(), ".", H5_INDEX_NAME, H5_ITER_INC, i,
                                                      text.data(), text.size(), H5P_DEFAULT);
            const std::string wanted = concatenate("the names in the group ", internal::shown(group));
            if (length <= 0)
                fail(wanted, "damaged data");
            if (static_cast<std::size_t>(length) >= text.size())
                fail(concatenate(wanted, ", of less than ", text.size(), " bytes"), std::to_string(length));
            result.emplace_back(text.data());
        }
        return result;
    }

    /// An array of numbers of any type, as float.
    [[nodiscard]] tensor read(const std::string& path) const {
        if (!contains(path))
            fail(concatenate("an array ", internal::shown(path)), "nothing of this name");
        const hdf5_handle set(H5Dopen2(file_.get(), path.c_str(), H5P_DEFAULT), H5Dclose);
        if (!set.valid())
            fail(concatenate("an array ", internal::shown(path)), "what cannot be read");
        const hdf5_handle type(H5Dget_type(set.get()), H5Tclose);
        const H5T_class_t numbers = type.valid() ? H5Tget_class(type.get()) : H5T_NO_CLASS;
        if (numbers != H5T_FLOAT && numbers != H5T_INTEGER)
            fail(concatenate("numbers in ", internal::shown(path)), "something else");
        const hdf5_handle origin(H5Dget_create_plist(set.get()), H5Pclose);
        if (!origin.valid() || H5Pget_external_count(origin.get()) != 0)
            fail(concatenate("the numbers of ", internal::shown(path), " in the file"),
                 "another file's name");
        tensor result;
        const hdf5_handle space(H5Dget_space(set.get()), H5Sclose);
        result.shape = extents_of(space, path);
        std::size_t count = 1;
        // Deflate packs a byte into two bits at least of 258; more than that would be no honest claim.
        constexpr std::size_t best_ratio = 1032;
        for (const std::size_t extent : result.shape)
            if (extent != 0 && count > bytes_ * best_ratio / extent)
                fail(concatenate("no more numbers in ", internal::shown(path), " than the file's ", bytes_,
                                 " bytes could hold"),
                     concatenate("an axis of ", extent));
            else
                count *= extent;
        result.numbers.resize(count);
        if (count > 0 &&
            H5Dread(set.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, result.numbers.data()) < 0)
            fail(concatenate("the numbers of ", internal::shown(path)), "damaged data");
        return result;
    }

    /// A text, or several, that an attribute holds; none where there is no such attribute.
    [[nodiscard]] std::optional<std::vector<std::string>> texts(const std::string& path,
                                                                const std::string& key) const {
        if (path != "/" && !contains(path))
            return std::nullopt;
        if (H5Aexists_by_name(file_.get(), path.c_str(), key.c_str(), H5P_DEFAULT) <= 0)
            return std::nullopt;
        const hdf5_handle found(
            H5Aopen_by_name(file_.get(), path.c_str(), key.c_str(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
        const hdf5_handle type(found.valid() ? H5Aget_type(found.get()) : -1, H5Tclose);
        const hdf5_handle space(found.valid() ? H5Aget_space(found.get()) : -1, H5Sclose);
        if (!type.valid() || !space.valid())
            fail(concatenate("the attribute ", internal::shown(key)), "what cannot be read");
        const hssize_t count = H5Sget_simple_extent_npoints(space.get());
        if (count <= 0 || H5Tget_class(type.get()) != H5T_STRING)
            return std::vector<std::string>{}; // an empty list has no type of its own
        return H5Tis_variable_str(type.get()) > 0
                   ? read_pointers(found, type, space, static_cast<std::size_t>(count), key)
                   : read_texts(found, type, static_cast<std::size_t>(count), key);
    }

    [[noreturn]] void fail(std::string_view expected, std::string_view found) const {
        fail_(expected, found);
        ::_exit(1);
    }

private:
    static constexpr auto concatenate = internal::concatenate;

    static void silence() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); } // errors come back as numbers
    static hdf5_handle open_image(std::vector<unsigned char>& image) {
        silence();
        const hdf5_handle way(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
        if (H5Pset_fapl_core(way.get(), 1 << 16, false) < 0 ||
            H5Pset_file_image(way.get(), image.data(), image.size()) < 0)
            return {-1, H5Fclose};
        return {H5Fopen("in memory", H5F_ACC_RDONLY, way.get()), H5Fclose};
    }
    static hdf5_handle open_path(const std::string& path) {
        silence();
        return {H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose};
    }

    [[nodiscard]] extents extents_of(const hdf5_handle& space, const std::string& path) const {
        const int rank = space.valid() ? H5Sget_simple_extent_ndims(space.get()) : -1;
        std::array<hsize_t, H5S_MAX_RANK> numbers{};
        if (rank < 0 || H5Sget_simple_extent_dims(space.get(), numbers.data(), nullptr) < 0)
            fail(concatenate("the shape of ", internal::shown(path)), "what cannot be read");
        return {numbers.begin(), numbers.begin() + rank};
    }

    [[nodiscard]] std::vector<std::string> read_texts(const hdf5_handle& found, const hdf5_handle& type,
                                                      std::size_t count, const std::string& key) const {
        const std::size_t size = H5Tget_size(type.get());
        if (size == 0 || count > bytes_ / size)
            fail(concatenate("texts in the attribute ", internal::shown(key)),
                 "more than the file has bytes");
        std::string bytes(size * count, '\0');
        if (H5Aread(found.get(), type.get(), bytes.data()) < 0)
            fail(concatenate("the attribute ", internal::shown(key)), "damaged data");
        std::vector<std::string> result;
        for (std::size_t i = 0; i < count; ++i)
            result.emplace_back(bytes.substr(i * size, size).c_str());
        return result;
    }
    [[nodiscard]] std::vector<std::string> read_pointers(const hdf5_handle& found, const hdf5_handle& type,
                                                         const hdf5_handle& space, std::size_t count,
                                                         const std::string& key) const {
        if (count > bytes_)
            fail(concatenate("texts in the attribute ", internal::shown(key)),
                 "more than the file has bytes");
        std::vector<char*> pointers(count, nullptr);
        if (H5Aread(found.get(), type.get(), pointers.data()) < 0)
            fail(concatenate("the attribute ", internal::shown(key)), "damaged data");
        std::vector<std::string> result;
        for (const char* const each : pointers)
            result.emplace_back(each == nullptr ? "" : each);
        H5Dvlen_reclaim(type.get(), space.get(), H5P_DEFAULT, pointers.data());
        return result;
    }

    failure fail_;
    std::uint64_t bytes_;
    hdf5_handle file_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
