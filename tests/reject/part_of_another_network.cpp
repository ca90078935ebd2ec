// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: shared_part.*the network has no layers with these parameters.*one behind the other
#include <strata/strata.hpp>
// The header of shared parts is not in strata.hpp.
#include <strata/model/shared_part.hpp>

using namespace strata;

using whole = model<input<3> | dense<4> | relu | dense<2>>;
#ifdef WRONG
using part = model<input<4> | dense<3>>;
#else
using part = model<input<4> | dense<2>>;
#endif
part share(whole& net) { return shared_part<part>(net); }
