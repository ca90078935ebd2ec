// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// A mail: what it is about, what it says, and whether somebody called it spam.
struct mail {
    std::string subject;
    std::string body;
    bool is_spam = false;
};

/// All mails below a folder, one in each text file, in the order of the files' names; those in folders whose
/// name begins with "spam" are spam. `std::runtime_error` names the folder where there are none.
std::vector<mail> read_mails(const std::filesystem::path& folder);

/// The words of a mail, its subject's first, in small letters; words longer than 20 letters are no words.
void visit_words(const mail& each, const std::function<void(std::string_view)>& visit);

/// A number that equal bodies have in common, and others hardly.
std::uint64_t number_of_body(const mail& each);
