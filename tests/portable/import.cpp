// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// What importers read numbers with, which not every library can.
#include <strata/io/import/tensorflow_node.hpp>
