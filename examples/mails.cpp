// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "mails.hpp"
#include "words.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace {
mail parse_mail(const std::string& text) {
    mail result;
    std::size_t begin = 0;
    bool is_subject = false; // which may go on in the next lines, behind a blank
    while (begin < text.size()) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string_view line = std::string_view(text).substr(begin, end - begin);
        begin = end + 1;
        if (line.empty() || line == "\r")
            break;
        constexpr std::string_view name = "Subject:";
        if (line.starts_with(name) && result.subject.empty()) {
            result.subject = line.substr(name.size());
            is_subject = true;
        } else if (is_subject && (line[0] == ' ' || line[0] == '\t'))
            result.subject += line;
        else
            is_subject = false;
    }
    result.body = text.substr(std::min(begin, text.size()));
    return result;
}
} // namespace

std::vector<mail> read_mails(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    if (std::filesystem::is_directory(folder))
        for (const auto& each : std::filesystem::recursive_directory_iterator(folder))
            if (each.path().extension() == ".txt")
                files.push_back(each.path());
    if (files.empty())
        throw std::runtime_error(folder.string() + ": there are no mails, expected text files in folders");
    std::sort(files.begin(), files.end());
    std::vector<mail> result;
    for (const auto& path : files) {
        std::ifstream file(path, std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        result.push_back(parse_mail(text));
        result.back().is_spam = path.parent_path().filename().string().starts_with("spam");
    }
    return result;
}

void visit_words(const mail& each, const std::function<void(std::string_view)>& visit) {
    for (const std::string* text : {&each.subject, &each.body})
        visit_words(*text, [&](std::string_view word, std::size_t, std::size_t) { visit(word); });
}

std::uint64_t number_of_body(const mail& each) {
    std::uint64_t result = 0xcbf29ce484222325; // FNV-1a (Fowler, Noll and Vo)
    for (const char c : each.body)
        result = (result ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return result >> 7;
}
