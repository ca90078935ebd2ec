// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Files of five settings in one program: each computes with registers of its own, and they agree.
#include "network.hpp"

#include <strata/data/error.hpp>
#include <strata/raise.hpp>

#include <cmath>
#include <cstdio>
#include <cstring>

void settings::misread() { throw strata::data_error("a file that does not fit"); }

void settings::handle(const char*, const char*) {}

int main() {
    strata::set_error_handler(settings::handle);
    const settings::answer answers[] = {settings::generic(), settings::generic_threaded(), settings::native(),
                                        settings::native_threaded(), settings::generic_without_exceptions()};
    int failures = 0;
    for (const auto& one : answers) {
        std::printf("%-24s %.6f, learnt %a, at %llx\n", one.registers, static_cast<double>(one.prediction[0]),
                    static_cast<double>(one.learnt[0]), static_cast<unsigned long long>(one.rates));
        failures += !one.caught;
        for (const auto& other : answers)
            failures += &one != &other && std::strcmp(one.registers, other.registers) == 0;
        for (std::size_t i = 0; i < one.prediction.size(); ++i) {
            failures += !(std::abs(one.prediction[i] - answers[0].prediction[i]) < 1e-6f);
            failures += !(std::abs(one.learnt[i] - answers[0].learnt[i]) < 1e-4f);
        }
    }
    // Threads change no bit, nor do exceptions.
    failures += std::memcmp(&answers[0].learnt, &answers[1].learnt, sizeof answers[0].learnt) != 0;
    failures += std::memcmp(&answers[2].learnt, &answers[3].learnt, sizeof answers[2].learnt) != 0;
    failures += std::memcmp(&answers[0].learnt, &answers[4].learnt, sizeof answers[0].learnt) != 0;
    std::printf("%d failures\n", failures);
    return failures == 0 ? 0 : 1;
}
