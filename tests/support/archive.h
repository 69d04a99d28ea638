#pragma once

#include "core/base/file.h"
#include "tests/support/temporary_directory.h"

#include <stdexcept>
#include <string>
#include <vector>
#include <zip.h>

namespace tau::test {

struct ArchiveEntry {
    const char* name;
    std::string text;
    unsigned mode = 0; ///< of Unix; 0: not said
};

/// A zip archive as anybody may make one.
inline std::string archive_of(const std::vector<ArchiveEntry>& entries) {
    const TemporaryDirectory folder;
    const std::filesystem::path path = folder.path() / "a.zip";
    int code = 0;
    zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
    if (archive == nullptr) {
        throw std::runtime_error("cannot make an archive");
    }
    for (const ArchiveEntry& entry : entries) {
        const auto data = [&] {
            return zip_source_buffer(archive, entry.text.data(), entry.text.size(), 0);
        };
        const std::string name = entry.name;
        const zip_int64_t index = name.ends_with('/')
                                      ? zip_dir_add(archive, entry.name, 0)
                                      : zip_file_add(archive, entry.name, data(), 0);
        if (index < 0) {
            throw std::runtime_error("cannot put " + name + " into an archive");
        }
        if (entry.mode != 0) {
            zip_file_set_external_attributes(archive, static_cast<zip_uint64_t>(index), 0,
                                             ZIP_OPSYS_UNIX, entry.mode << 16U);
        }
    }
    if (zip_close(archive) != 0) {
        throw std::runtime_error("cannot write an archive");
    }
    return read_file(path, 64U << 20U).value();
}

} // namespace tau::test
