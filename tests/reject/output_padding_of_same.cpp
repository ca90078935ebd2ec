// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: conv_transpose has an output padding beside valid or padding<P>, not beside same
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
using network = model<input<4, 4, 1> | conv_transpose<1, 3, stride<3>, same, output_padding<1>>>;
#else
using network = model<input<4, 4, 1> | conv_transpose<1, 3, stride<3>, same>>;
#endif

void run(network& net) { static_cast<void>(net.weights()); }
