// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: an embedded network has one input and one output
#include <strata/io/header_export.hpp>
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
using network = model<inputs(input<2>, input<2>) | add | dense<1>>;
#else
using network = model<input<2> | dense<1>>;
#endif
void write(const network& net) { export_header(net, "net.hpp", {.name = "net"}); }
