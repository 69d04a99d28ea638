#include "core/vault/directory/edition_files.h"

#include "core/base/file.h"

#include <algorithm>
#include <charconv>

namespace tau::vault {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kept_editions = 4;
constexpr std::size_t max_past = 64U << 20U;
constexpr auto folder_mode = fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec |
                             fs::perms::others_read | fs::perms::others_exec;

/// Epochs of the editions in the folder, ascending.
std::vector<std::uint64_t> epochs_in(const fs::path& folder) {
    std::vector<std::uint64_t> epochs;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder / "v1", ignored)) {
        const std::string name = entry.path().filename().string();
        std::uint64_t epoch = 0;
        const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), epoch);
        if (error == std::errc() && end == name.data() + name.size()) {
            epochs.push_back(epoch);
        }
    }
    std::sort(epochs.begin(), epochs.end());
    return epochs;
}

/// The folder and those above it, readable for a web server whatever the umask.
Result<void> make_folder(const fs::path& path) {
    std::error_code error;
    fs::create_directories(path, error);
    if (!error) {
        fs::permissions(path, folder_mode, error);
    }
    return error ? fail(ErrorCode::io, "Cannot make the folder " + path.string() + ".", {},
                        error.message())
                 : Result<void>();
}

} // namespace

EditionFiles::EditionFiles(fs::path folder) : folder_(std::move(folder)) {}

EditionFiles::~EditionFiles() {
    if (!draft_.empty()) {
        std::error_code ignored;
        fs::remove_all(draft_, ignored);
    }
}

std::vector<std::uint64_t> EditionFiles::epochs_before(std::uint64_t epoch) const {
    std::vector<std::uint64_t> epochs = epochs_in(folder_);
    std::erase_if(epochs, [epoch](std::uint64_t one) { return one >= epoch; });
    if (epochs.size() > kept_editions) {
        epochs.erase(epochs.begin(), epochs.end() - kept_editions);
    }
    return epochs;
}

Result<Bytes> EditionFiles::shard_of(std::uint64_t epoch, const std::string& name) const {
    const auto file =
        read_file(folder_ / "v1" / std::to_string(epoch) / "shard" / name, max_shard_file);
    if (!file) {
        return fail(file.error());
    }
    return Bytes(file->begin(), file->end());
}

Result<std::vector<PastHead>> EditionFiles::past_heads(std::uint64_t epoch) const {
    const fs::path path = folder_ / "v1" / std::to_string(epoch) / "history" / "all";
    const auto file = read_file(path, max_past);
    if (!file) {
        return fail(file.error());
    }
    std::vector<PastHead> past;
    ByteReader in(as_bytes(*file));
    while (in.ok() && in.remaining() > 0) {
        PastHead head;
        head.epoch = in.u64();
        head.leaf = in.array<32>();
        past.push_back(head);
    }
    if (!in.ok()) {
        return fail(ErrorCode::corrupt,
                    "The directory's own history is damaged: " + path.string() + " is cut short.");
    }
    return past;
}

Result<void> EditionFiles::begin(std::uint64_t epoch) {
    final_ = folder_ / "v1" / std::to_string(epoch);
    draft_ = folder_ / "v1" / (std::to_string(epoch) + ".new");
    std::error_code ignored;
    fs::remove_all(draft_, ignored); // of a publisher that was ended in the middle
    for (const fs::path& folder : {folder_ / "v1", draft_}) {
        if (auto made = make_folder(folder); !made) {
            return made;
        }
    }
    return {};
}

void EditionFiles::write(const std::string& name, const Bytes& bytes) {
    const fs::path path = draft_ / name;
    if (failed_) {
        return;
    }
    for (fs::path parent = draft_; const fs::path& part : fs::path(name).parent_path()) {
        parent /= part;
        std::error_code ignored;
        if (!fs::exists(parent, ignored)) {
            if (auto made = make_folder(parent); !made) {
                failed_ = made.error();
                return;
            }
        }
    }
    if (auto written = write_new_file(path, bytes, 0644); !written) {
        failed_ = written.error();
    }
}

void EditionFiles::write_past_heads(const std::vector<PastHead>& past) {
    ByteWriter out;
    for (const PastHead& head : past) {
        out.u64(head.epoch).raw(head.leaf);
    }
    write("history/all", out.take());
}

Result<void> EditionFiles::state() const {
    return failed_ ? Result<void>(fail(*failed_)) : Result<void>();
}

Result<void> EditionFiles::finish(bool durable) {
    if (failed_) {
        return fail(*failed_);
    }
    if (auto synced = durable ? sync_filesystem(draft_) : Result<void>(); !synced) {
        return synced;
    }
    std::error_code error;
    fs::remove_all(final_, error); // whole, but no head ever named it
    fs::rename(draft_, final_, error);
    if (error) {
        return fail(ErrorCode::io, "Cannot make the folder " + final_.string() + ".", {},
                    error.message());
    }
    draft_.clear();
    return sync_directory(folder_ / "v1");
}

Result<void> place_head(const fs::path& folder, const SignedRoot& root, const Bytes& head) {
    const fs::path roots = folder / "v1" / "root";
    if (auto made = make_folder(roots); !made) {
        return made;
    }
    const fs::path path = roots / std::to_string(root.root.version);
    const Bytes file = root_file(root);
    const auto there = read_file(path, max_root_file);
    if (there && as_text(file) != *there) {
        return fail(ErrorCode::conflict,
                    "The folder holds another root of version " +
                        std::to_string(root.root.version) + ": " + path.string() + ".",
                    "Readers believe that one. Publish with its keys, or into another folder.");
    }
    const auto placed = there ? Result<void>() : write_file_atomic(path, file, 0644);
    return placed ? write_file_atomic(folder / "v1" / "head", head, 0644) : placed;
}

void remove_old_editions(const fs::path& folder) {
    std::vector<std::uint64_t> epochs = epochs_in(folder);
    const std::size_t surplus = epochs.size() - std::min(epochs.size(), kept_editions);
    for (std::size_t i = 0; i < surplus; ++i) {
        std::error_code ignored; // they are in nobody's way
        fs::remove_all(folder / "v1" / std::to_string(epochs[i]), ignored);
    }
}

} // namespace tau::vault
