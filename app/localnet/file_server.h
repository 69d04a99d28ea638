#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <memory>

namespace tau::localnet {

/// Gives out the files below a folder over HTTP on 127.0.0.1, one GET a connection: what any static
/// web server does for a directory. `v1/head` has an ETag and is to be asked for each time, the
/// others may be kept for ever. Works on a thread of its own.
class FileServer {
public:
    static Result<std::unique_ptr<FileServer>> start(std::filesystem::path folder);
    virtual ~FileServer() = default; ///< stops at once
    virtual std::uint16_t port() const = 0;
};

} // namespace tau::localnet
