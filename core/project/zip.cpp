#include "core/project/zip.h"

#include "core/base/text.h"
#include "core/project/transfer.h"

#include <algorithm>
#include <array>
#include <memory>
#include <zip.h>

namespace tau::project {

namespace {

struct Discard {
    void operator()(zip_t* archive) const { zip_discard(archive); }
    void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using Archive = std::unique_ptr<zip_t, Discard>;
using Entry = std::unique_ptr<zip_file_t, Discard>;

/// zip's own beginning of time, 1980-01-01: archives of the same files are the same.
constexpr zip_uint16_t no_time = 0;
constexpr zip_uint16_t first_day = 1U << 5U | 1U;
constexpr double progress_step = 0.01;

Error broken(const std::string& why) {
    return Error{ErrorCode::corrupt,
                 "The zip file cannot be read: " + why + ".",
                 "Ask for the file again.",
                 {}};
}
Error hostile(const std::string& name, const std::string& why) {
    return Error{ErrorCode::untrusted,
                 "The zip file was not unpacked: \"" + bounded_text(name, 100) + "\" " + why + ".",
                 "Do not use this file; ask its sender.",
                 {}};
}
Error too_much_in_it() {
    return Error{ErrorCode::limit_exceeded,
                 "The zip file holds more than a project may have.",
                 "Check that it is the right file.",
                 {}};
}

std::string sentence(const zip_error_t& error) {
    zip_error_t copy = error;
    return bounded_text(zip_error_strerror(&copy), 200);
}

Result<std::string> unpacked(zip_t* archive, zip_uint64_t index, const std::string& name,
                             std::size_t limit) {
    const Entry entry(zip_fopen_index(archive, index, 0));
    if (!entry) {
        return fail(
            broken(bounded_text(name, 100) + ": " + bounded_text(zip_strerror(archive), 200)));
    }
    std::string text;
    std::array<char, 16384> part{};
    while (true) {
        const zip_int64_t got = zip_fread(entry.get(), part.data(), part.size());
        if (got < 0) {
            return fail(broken("the data of " + bounded_text(name, 100) + " is damaged"));
        }
        if (got == 0) {
            return text;
        }
        if (text.size() + static_cast<std::size_t>(got) > limit) {
            return fail(too_much_in_it());
        }
        text.append(part.data(), static_cast<std::size_t>(got));
    }
}

/// A regular file or a folder, as far as the archive says.
bool is_plain_entry(zip_t* archive, zip_uint64_t index) {
    constexpr unsigned type_mask = 0170000;
    constexpr unsigned regular = 0100000;
    constexpr unsigned folder = 0040000;
    zip_uint8_t system = 0;
    zip_uint32_t attributes = 0;
    if (zip_file_get_external_attributes(archive, index, 0, &system, &attributes) != 0) {
        return false;
    }
    const unsigned type = attributes >> 16U & type_mask;
    return system != ZIP_OPSYS_UNIX || type == 0 || type == regular || type == folder;
}

/// The path of a file that is to be unpacked; empty for folders and what is left out.
Result<std::string> file_of_entry(zip_t* archive, zip_uint64_t index) {
    zip_stat_t about;
    zip_stat_init(&about);
    if (zip_stat_index(archive, index, 0, &about) != 0 || (about.valid & ZIP_STAT_NAME) == 0) {
        return fail(broken("it has a file without a name"));
    }
    std::string name = about.name;
    std::replace(name.begin(), name.end(), '\\', '/');
    const bool folder = name.ends_with('/');
    name.resize(name.size() - (folder ? 1 : 0));
    if (is_left_out(name)) {
        return std::string();
    }
    if (!is_path_inside(name)) {
        return fail(hostile(name, "leads out of the folder, or is no name for a file"));
    }
    if (!is_plain_entry(archive, index)) {
        return fail(hostile(name, "is a link or a device"));
    }
    if ((about.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && about.encryption_method != ZIP_EM_NONE) {
        return fail(hostile(name, "is encrypted"));
    }
    return folder ? std::string() : name;
}

/// zip_close packs everything, and asks on the way.
struct Closing {
    const Watch& watch;
    std::size_t files;

    static void on_progress(zip_t*, double part, void* state) {
        const auto* self = static_cast<const Closing*>(state);
        if (self->watch.progress) {
            self->watch.progress(static_cast<std::size_t>(part * static_cast<double>(self->files)));
        }
    }
    static int is_stopped(zip_t*, void* state) {
        return static_cast<const Closing*>(state)->watch.stop.stop_requested() ? 1 : 0;
    }
};

/// "repository-main/" when everything lies in it and the project's config.yaml too.
void strip_common_folder(git::Files& files) {
    if (files.empty() || files.contains("config.yaml")) {
        return;
    }
    const std::string& first = files.begin()->first;
    const std::string folder = first.substr(0, first.find('/') + 1);
    if (folder.empty() || !files.contains(folder + "config.yaml") ||
        !std::all_of(files.begin(), files.end(),
                     [&](const auto& each) { return each.first.starts_with(folder); })) {
        return;
    }
    git::Files stripped;
    for (auto& [path, text] : files) {
        stripped.emplace(path.substr(folder.size()), std::move(text));
    }
    files = std::move(stripped);
}

} // namespace

Result<std::string> to_zip(const git::Files& files, const Watch& watch) {
    zip_error_t error;
    zip_error_init(&error);
    // The source outlives the archive, which frees its own reference when it is closed.
    zip_source_t* buffer = zip_source_buffer_create(nullptr, 0, 0, &error);
    if (buffer == nullptr) {
        return fail(ErrorCode::internal, "A zip file cannot be made here.", {}, sentence(error));
    }
    zip_source_keep(buffer);
    const std::unique_ptr<zip_source_t, decltype(&zip_source_free)> kept(buffer, zip_source_free);
    Archive archive(zip_open_from_source(buffer, ZIP_TRUNCATE, &error));
    if (!archive) {
        zip_source_free(buffer);
        return fail(ErrorCode::internal, "A zip file cannot be made here.", {}, sentence(error));
    }
    for (const auto& [path, text] : files) {
        if (auto can = check_name(path); !can) {
            return fail(can.error());
        }
        zip_source_t* data = zip_source_buffer(archive.get(), text.data(), text.size(), 0);
        const zip_int64_t index =
            data == nullptr ? -1
                            : zip_file_add(archive.get(), path.c_str(), data, ZIP_FL_ENC_UTF_8);
        if (index < 0) {
            zip_source_free(data);
            return fail(ErrorCode::internal, "The zip file cannot take " + bounded_text(path) + ".",
                        {}, bounded_text(zip_strerror(archive.get()), 200));
        }
        zip_file_set_dostime(archive.get(), static_cast<zip_uint64_t>(index), no_time, first_day,
                             0);
    }
    Closing closing{watch, files.size()};
    zip_register_progress_callback_with_state(archive.get(), progress_step, Closing::on_progress,
                                              nullptr, &closing);
    zip_register_cancel_callback_with_state(archive.get(), Closing::is_stopped, nullptr, &closing);
    if (zip_close(archive.get()) != 0) {
        if (auto goes_on = watch.after(0); !goes_on) {
            return fail(goes_on.error());
        }
        return fail(ErrorCode::internal, "The zip file cannot be made.", {},
                    bounded_text(zip_strerror(archive.get()), 200));
    }
    static_cast<void>(archive.release()); // zip_close has freed it
    if (files.empty()) {
        // libzip writes nothing at all for no files; this is the end record that must be there.
        return std::string("PK\x05\x06") + std::string(18, '\0');
    }
    zip_stat_t about;
    zip_stat_init(&about);
    std::string bytes;
    if (zip_source_open(buffer) != 0 || zip_source_stat(buffer, &about) != 0) {
        return fail(ErrorCode::internal, "The zip file cannot be read back.");
    }
    bytes.resize(about.size);
    const zip_int64_t got = zip_source_read(buffer, bytes.data(), bytes.size());
    zip_source_close(buffer);
    if (got < 0 || static_cast<std::size_t>(got) != bytes.size()) {
        return fail(ErrorCode::internal, "The zip file cannot be read back.");
    }
    return bytes;
}

bool is_zip(std::string_view bytes) {
    return bytes.starts_with("PK\x03\x04") || bytes.starts_with("PK\x05\x06");
}

Result<git::Files> from_zip(std::string_view bytes, const ZipLimits& limits, const Watch& watch) {
    if (bytes.size() > limits.archive_bytes) {
        return fail(too_much_in_it());
    }
    if (!is_zip(bytes)) {
        return fail(broken("it does not begin like one"));
    }
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
    const Archive archive(source == nullptr
                              ? nullptr
                              : zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error));
    if (!archive) {
        zip_source_free(source);
        return fail(broken(sentence(error)));
    }
    const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
    if (count < 0 || static_cast<std::size_t>(count) > limits.files) {
        return fail(too_much_in_it());
    }
    git::Files files;
    std::size_t total = 0;
    for (zip_uint64_t i = 0; i < static_cast<zip_uint64_t>(count); ++i) {
        const auto name = file_of_entry(archive.get(), i);
        if (!name) {
            return fail(name.error());
        }
        if (name->empty()) {
            continue;
        }
        auto text = unpacked(archive.get(), i, *name,
                             std::min(limits.file_bytes, limits.total_bytes - total));
        if (!text) {
            return fail(text.error());
        }
        total += text->size();
        if (!files.emplace(*name, std::move(*text)).second) {
            return fail(hostile(*name, "stands in it twice"));
        }
        if (auto goes_on = watch.after(files.size()); !goes_on) {
            return fail(goes_on.error());
        }
    }
    strip_common_folder(files);
    return files;
}

} // namespace tau::project
