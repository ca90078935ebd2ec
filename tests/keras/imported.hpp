// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <vector>

/// What imported.py found.
namespace imported_models {
inline const std::vector<float> shared = {0.192248009F, -0.00376774377F};
inline const std::vector<float> encoder_decoder = {-0.571191921F, 0.0697682747F, 0.149282229F, -0.0917580433F,
                                                   -0.571191921F, 0.0697682747F, 0.149282229F, -0.0917580433F,
                                                   -0.213361536F, -0.295003201F, 0.271932138F, -0.446350934F};
inline const std::vector<float> attention = {0.286212698F, 0.244486372F, -0.974322042F, 2.14020163F,
                                             0.286212681F, 0.244486387F, -0.974322057F, 2.14020165F,
                                             0.286212675F, 0.244486392F, -0.974322063F, 2.14020165F};
inline const std::vector<float> cudnn = {-0.29357288F,  0.238447111F,  -0.326027653F, -0.326310761F,
                                         0.327466251F,  -0.503981114F, -0.285175013F, 0.37312905F,
                                         -0.592767438F, -0.240328286F, 0.406718894F,  -0.646275896F};
inline const std::vector<float> functions = {-0.0892126996F, -0.0876983151F, 0.732591486F,
                                             -0.0846516218F, -0.0831193088F, 0.884594173F};
} // namespace imported_models
