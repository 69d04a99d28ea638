// What inline code opens by name.
#pragma once

#include "core/project/kinds.h"

#include <string>
#include <string_view>
#include <vector>

namespace tau::project {

/// A name that code hands to the cloud's SDK: `database.New("chat")`.
struct Opening {
    KindId kind = KindId::database; ///< or storage, or messaging
    std::string name;
    std::string path; ///< of the file in the code repository
    std::size_t line = 1;
};

/// Those of a Go or Rust file whose argument is one literal text; names that are put together or
/// kept in variables are not seen. Comments, texts and tests are passed over. The SDKs for other
/// languages open nothing by name.
std::vector<Opening> openings_in(std::string_view path, std::string_view text);

} // namespace tau::project
