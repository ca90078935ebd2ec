// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/io/event_file.hpp>
#include <strata/training/callback.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING {

/// A callback that writes what TensorBoard shows: `tensorboard_log{"runs/wide"}`, then
/// `tensorboard --logdir runs`. After each epoch every loss and metric is a scalar of the epoch's number, as
/// Keras writes them: "epoch_loss" in the folder `train`, and what is called "val_loss" as "epoch_loss" in
/// the folder `validation`, so that both are one picture; "epoch_learning_rate" in `train`. Numbers are kept
/// as float. Each `fit` begins files of its own, which do not replace older ones. data_error where they
/// cannot be written.
///
/// Programs that include this header need protozero (Debian's libprotozero-dev), of headers alone.
struct tensorboard_log {
    std::filesystem::path folder;

    void operator()(training_state& state) {
        using enum training_state::moment;
        if (state.phase == begin)
            files_.reset(new files);
        if (state.phase != epoch_end)
            return;
        for (const auto& [name, number] : state.logs) {
            constexpr std::string_view mark = "val_";
            if (name.starts_with(mark))
                add(files_->validation, "validation", name.substr(mark.size()), state.epoch, number);
            else
                add(files_->train, "train", name, state.epoch, number);
        }
        add(files_->train, "train", "learning_rate", state.epoch, state.learning_rate());
        for (const auto* file : {&files_->train, &files_->validation})
            if (*file)
                (*file)->flush();
    }

    struct files {
        std::unique_ptr<internal::event_file> train, validation;
    };
    std::shared_ptr<files> files_ = {}; ///< its own

private:
    void add(std::unique_ptr<internal::event_file>& file, const char* part, const std::string& name,
             std::size_t epoch, double number) const {
        if (!file)
            file.reset(new internal::event_file(folder / part));
        file->add("epoch_" + name, epoch, number);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::tensorboard_log;
} // namespace strata

STRATA_HEADER_END
