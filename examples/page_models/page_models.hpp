// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "../command_line.hpp"

// Each of these trains a network of the pages, says how good it is on data that it has not seen, and writes
// its weights into the folder of the option `folder`. They are compiled apart, since each takes the compiler
// a while.
void train_reader(const given_options& options);
void train_autoencoder(const given_options& options);
void train_generator(const given_options& options);
void train_spam(const given_options& options);
