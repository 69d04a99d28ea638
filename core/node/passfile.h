#pragma once

#include "core/base/result.h"

#include <filesystem>

namespace tau::node {

/// A file of passwords as libpq reads it, though its group may read it, too: so systemd gives a
/// credential (0440, and an access list lets nobody in but the service), and libpq would pass it
/// over without a word. What it holds is copied to memory, where libpq finds it at path().
class Passfile {
public:
    /// `permission_denied` when everybody may read it.
    static Result<Passfile> open(const std::filesystem::path& file);
    Passfile(Passfile&& other) noexcept;
    Passfile& operator=(Passfile&&) = delete;
    ~Passfile();
    /// The file itself when libpq takes it as it is.
    const std::filesystem::path& path() const { return path_; }

private:
    Passfile(std::filesystem::path path, int memory) : path_(std::move(path)), memory_(memory) {}
    std::filesystem::path path_;
    int memory_; ///< -1: none
};

} // namespace tau::node
