#pragma once

#include "core/base/result.h"

#include <functional>
#include <stop_token>

namespace tau::project {

/// How somebody follows work on many files, and ends it.
struct Watch {
    std::stop_token stop{};
    /// Called now and then on the calling thread, with how many files are done.
    std::function<void(std::size_t files)> progress{};

    /// After each file; `cancelled` once it was stopped.
    Result<void> after(std::size_t files) const {
        constexpr std::size_t pace = 64;
        if (stop.stop_requested()) {
            return fail(ErrorCode::cancelled, "Stopped.");
        }
        if (progress && files % pace == 0) {
            progress(files);
        }
        return {};
    }
};

} // namespace tau::project
