// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "cases.hpp"

using namespace keras_cases;

BOOST_AUTO_TEST_CASE(maxima) {
    run("layers/pooling/MaxPooling1D.json",
        {{"pooling.MaxPooling1D.0", check<model<input<6, 6> | max_pool<2>>>},
         {"pooling.MaxPooling1D.1", check<model<input<6, 6> | max_pool<2, stride<1>>>>},
         {"pooling.MaxPooling1D.2", check<model<input<6, 6> | max_pool<2, stride<3>>>>},
         {"pooling.MaxPooling1D.3", check<model<input<6, 6> | max_pool<2, same>>>},
         {"pooling.MaxPooling1D.4", check<model<input<6, 6> | max_pool<2, stride<1>, same>>>},
         {"pooling.MaxPooling1D.5", check<model<input<6, 6> | max_pool<2, stride<3>, same>>>},
         {"pooling.MaxPooling1D.6", check<model<input<6, 6> | max_pool<3>>>},
         {"pooling.MaxPooling1D.7", check<model<input<7, 7> | max_pool<3, stride<1>, same>>>},
         {"pooling.MaxPooling1D.8", check<model<input<7, 7> | max_pool<3, same>>>}});
    run("layers/pooling/MaxPooling2D.json",
        {{"pooling.MaxPooling2D.0", check<model<input<6, 6, 3> | max_pool<2>>>},
         {"pooling.MaxPooling2D.1", check<model<input<6, 6, 3> | max_pool<2, stride<1>>>>},
         {"pooling.MaxPooling2D.2", check<model<input<6, 7, 3> | max_pool<2, stride<spatial{2, 1}>>>>},
         {"pooling.MaxPooling2D.3", check<model<input<6, 6, 3> | max_pool<3>>>},
         {"pooling.MaxPooling2D.4", check<model<input<6, 6, 3> | max_pool<3>>>},
         {"pooling.MaxPooling2D.5", check<model<input<6, 6, 3> | max_pool<2, same>>>},
         {"pooling.MaxPooling2D.6", check<model<input<6, 6, 3> | max_pool<2, stride<1>, same>>>},
         {"pooling.MaxPooling2D.7", check<model<input<6, 7, 3> | max_pool<2, stride<spatial{2, 1}>, same>>>},
         {"pooling.MaxPooling2D.8", check<model<input<6, 6, 3> | max_pool<3, same>>>},
         {"pooling.MaxPooling2D.9", check<model<input<6, 6, 3> | max_pool<3, same>>>},
         {"pooling.MaxPooling2D.10",
          check<model<input<5, 6, 3> | permute<1, 2, 0> | max_pool<3, stride<2>> | permute<2, 0, 1>>>},
         {"pooling.MaxPooling2D.11",
          check<model<input<5, 6, 3> | permute<1, 2, 0> | max_pool<3, stride<1>, same> | permute<2, 0, 1>>>},
         {"pooling.MaxPooling2D.12",
          check<model<input<4, 6, 4> | permute<1, 2, 0> | max_pool<2> | permute<2, 0, 1>>>}});
    run("layers/pooling/MaxPooling3D.json",
        {{"pooling.MaxPooling3D.0", check<model<input<4, 4, 4, 2> | max_pool<2>>>},
         {"pooling.MaxPooling3D.1", check<model<input<4, 4, 4, 2> | max_pool<2, stride<1>>>>},
         {"pooling.MaxPooling3D.2", check<model<input<4, 5, 2, 3> | max_pool<2, stride<spatial{2, 1, 1}>>>>},
         {"pooling.MaxPooling3D.3", check<model<input<4, 4, 4, 2> | max_pool<3>>>},
         {"pooling.MaxPooling3D.4", check<model<input<4, 4, 4, 2> | max_pool<3>>>},
         {"pooling.MaxPooling3D.5", check<model<input<4, 4, 4, 2> | max_pool<2, same>>>},
         {"pooling.MaxPooling3D.6", check<model<input<4, 4, 4, 2> | max_pool<2, stride<1>, same>>>},
         {"pooling.MaxPooling3D.7",
          check<model<input<4, 5, 4, 2> | max_pool<2, stride<spatial{1, 2, 1}>, same>>>},
         {"pooling.MaxPooling3D.8", check<model<input<4, 4, 4, 2> | max_pool<3, same>>>},
         {"pooling.MaxPooling3D.9", check<model<input<4, 4, 4, 2> | max_pool<3, same>>>},
         {"pooling.MaxPooling3D.10",
          check<
              model<input<2, 3, 3, 4> | permute<1, 2, 3, 0> | max_pool<3, stride<2>> | permute<3, 0, 1, 2>>>},
         {"pooling.MaxPooling3D.11", check<model<input<2, 3, 3, 4> | permute<1, 2, 3, 0> |
                                                 max_pool<3, stride<1>, same> | permute<3, 0, 1, 2>>>},
         {"pooling.MaxPooling3D.12",
          check<model<input<3, 4, 4, 3> | permute<1, 2, 3, 0> | max_pool<2> | permute<3, 0, 1, 2>>>}});
}

BOOST_AUTO_TEST_CASE(means) {
    run("layers/pooling/AveragePooling1D.json",
        {{"pooling.AveragePooling1D.0", check<model<input<6, 6> | average_pool<2>>>},
         {"pooling.AveragePooling1D.1", check<model<input<6, 6> | average_pool<2, stride<1>>>>},
         {"pooling.AveragePooling1D.2", check<model<input<6, 6> | average_pool<2, stride<3>>>>},
         {"pooling.AveragePooling1D.3", check<model<input<6, 6> | average_pool<2, same>>>},
         {"pooling.AveragePooling1D.4", check<model<input<6, 6> | average_pool<2, stride<1>, same>>>},
         {"pooling.AveragePooling1D.5", check<model<input<6, 6> | average_pool<2, stride<3>, same>>>},
         {"pooling.AveragePooling1D.6", check<model<input<6, 6> | average_pool<3>>>},
         {"pooling.AveragePooling1D.7", check<model<input<7, 7> | average_pool<3, stride<1>, same>>>},
         {"pooling.AveragePooling1D.8", check<model<input<7, 7> | average_pool<3, same>>>}});
    run("layers/pooling/AveragePooling2D.json",
        {{"pooling.AveragePooling2D.0", check<model<input<6, 6, 3> | average_pool<2>>>},
         {"pooling.AveragePooling2D.1", check<model<input<6, 6, 3> | average_pool<2, stride<1>>>>},
         {"pooling.AveragePooling2D.2",
          check<model<input<6, 7, 3> | average_pool<2, stride<spatial{2, 1}>>>>},
         {"pooling.AveragePooling2D.3", check<model<input<6, 6, 3> | average_pool<3>>>},
         {"pooling.AveragePooling2D.4", check<model<input<6, 6, 3> | average_pool<3>>>},
         {"pooling.AveragePooling2D.5", check<model<input<6, 6, 3> | average_pool<2, same>>>},
         {"pooling.AveragePooling2D.6", check<model<input<6, 6, 3> | average_pool<2, stride<1>, same>>>},
         {"pooling.AveragePooling2D.7",
          check<model<input<6, 7, 3> | average_pool<2, stride<spatial{2, 1}>, same>>>},
         {"pooling.AveragePooling2D.8", check<model<input<6, 6, 3> | average_pool<3, same>>>},
         {"pooling.AveragePooling2D.9", check<model<input<6, 6, 3> | average_pool<3, same>>>},
         {"pooling.AveragePooling2D.10",
          check<model<input<5, 6, 3> | permute<1, 2, 0> | average_pool<3, stride<2>> | permute<2, 0, 1>>>},
         {"pooling.AveragePooling2D.11", check<model<input<5, 6, 3> | permute<1, 2, 0> |
                                                     average_pool<3, stride<1>, same> | permute<2, 0, 1>>>},
         {"pooling.AveragePooling2D.12",
          check<model<input<4, 6, 4> | permute<1, 2, 0> | average_pool<2> | permute<2, 0, 1>>>}});
    run("layers/pooling/AveragePooling3D.json",
        {{"pooling.AveragePooling3D.0", check<model<input<4, 4, 4, 2> | average_pool<2>>>},
         {"pooling.AveragePooling3D.1", check<model<input<4, 4, 4, 2> | average_pool<2, stride<1>>>>},
         {"pooling.AveragePooling3D.2",
          check<model<input<4, 5, 2, 3> | average_pool<2, stride<spatial{2, 1, 1}>>>>},
         {"pooling.AveragePooling3D.3", check<model<input<4, 4, 4, 2> | average_pool<3>>>},
         {"pooling.AveragePooling3D.4", check<model<input<4, 4, 4, 2> | average_pool<3>>>},
         {"pooling.AveragePooling3D.5", check<model<input<4, 4, 4, 2> | average_pool<2, same>>>},
         {"pooling.AveragePooling3D.6", check<model<input<4, 4, 4, 2> | average_pool<2, stride<1>, same>>>},
         {"pooling.AveragePooling3D.7",
          check<model<input<4, 5, 4, 2> | average_pool<2, stride<spatial{1, 2, 1}>, same>>>},
         {"pooling.AveragePooling3D.8", check<model<input<4, 4, 4, 2> | average_pool<3, same>>>},
         {"pooling.AveragePooling3D.9", check<model<input<4, 4, 4, 2> | average_pool<3, same>>>},
         {"pooling.AveragePooling3D.10", check<model<input<2, 3, 3, 4> | permute<1, 2, 3, 0> |
                                                     average_pool<3, stride<2>> | permute<3, 0, 1, 2>>>},
         {"pooling.AveragePooling3D.11",
          check<model<input<2, 3, 3, 4> | permute<1, 2, 3, 0> | average_pool<3, stride<1>, same> |
                      permute<3, 0, 1, 2>>>},
         {"pooling.AveragePooling3D.12",
          check<model<input<3, 4, 4, 3> | permute<1, 2, 3, 0> | average_pool<2> | permute<3, 0, 1, 2>>>}});
}

BOOST_AUTO_TEST_CASE(of_all_places) {
    run("layers/pooling/GlobalMaxPooling1D.json",
        {{"pooling.GlobalMaxPooling1D.0", check<model<input<6, 6> | global_max_pool>>},
         {"pooling.GlobalMaxPooling1D.1", check<model<input<3, 7> | global_max_pool>>},
         {"pooling.GlobalMaxPooling1D.2", check<model<input<8, 4> | global_max_pool>>}});
    run("layers/pooling/GlobalMaxPooling2D.json",
        {{"pooling.GlobalMaxPooling2D.0", check<model<input<6, 6, 3> | global_max_pool>>},
         {"pooling.GlobalMaxPooling2D.1", check<model<input<3, 6, 6> | permute<1, 2, 0> | global_max_pool>>},
         {"pooling.GlobalMaxPooling2D.2", check<model<input<5, 3, 2> | global_max_pool>>}});
    run("layers/pooling/GlobalMaxPooling3D.json",
        {{"pooling.GlobalMaxPooling3D.0", check<model<input<6, 6, 3, 4> | global_max_pool>>},
         {"pooling.GlobalMaxPooling3D.1",
          check<model<input<3, 6, 6, 3> | permute<1, 2, 3, 0> | global_max_pool>>},
         {"pooling.GlobalMaxPooling3D.2", check<model<input<5, 3, 2, 1> | global_max_pool>>}});
    run("layers/pooling/GlobalAveragePooling1D.json",
        {{"pooling.GlobalAveragePooling1D.0", check<model<input<6, 6> | global_average_pool>>},
         {"pooling.GlobalAveragePooling1D.1", check<model<input<3, 7> | global_average_pool>>},
         {"pooling.GlobalAveragePooling1D.2", check<model<input<8, 4> | global_average_pool>>}});
    run("layers/pooling/GlobalAveragePooling2D.json",
        {{"pooling.GlobalAveragePooling2D.0", check<model<input<6, 6, 3> | global_average_pool>>},
         {"pooling.GlobalAveragePooling2D.1",
          check<model<input<3, 6, 6> | permute<1, 2, 0> | global_average_pool>>},
         {"pooling.GlobalAveragePooling2D.2", check<model<input<5, 3, 2> | global_average_pool>>}});
    run("layers/pooling/GlobalAveragePooling3D.json",
        {{"pooling.GlobalAveragePooling3D.0", check<model<input<6, 6, 3, 4> | global_average_pool>>},
         {"pooling.GlobalAveragePooling3D.1",
          check<model<input<3, 6, 6, 3> | permute<1, 2, 3, 0> | global_average_pool>>},
         {"pooling.GlobalAveragePooling3D.2", check<model<input<5, 3, 2, 1> | global_average_pool>>}});
}
