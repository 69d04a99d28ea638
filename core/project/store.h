#pragma once

#include "core/git/git.h"
#include "core/project/kinds.h"
#include "core/yaml/document.h"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace tau::project {

/// A document that the cloud reads, by its place in the repository: resources are called by their
/// file's name, applications by their folder's.
struct Resource {
    KindId kind = KindId::project;
    std::string application;  ///< empty: global; an application's own document names itself here
    std::string name;         ///< "ping"; empty for the project's document
    std::string path() const; ///< "applications/shop/functions/ping.yaml"
    bool operator==(const Resource&) const = default;
};

/// What stands at a path; nullopt for files that no cloud reads. A kind's name needs no check: the
/// cloud takes what the file is called.
std::optional<Resource> resource_at(std::string_view path);
/// Where a document of this kind stands; `application` empty for a global one.
std::string path_of(KindId kind, std::string_view application, std::string_view name);

/// "x.yaml": what the cloud looks at at all; ".yml" it does not.
bool is_yaml_path(std::string_view path);

/// A path that a YAML file may have: inside of the repository, not inside of .git, and text.
bool is_safe_path(std::string_view path);

/// New texts of files; nullopt: the file goes.
using Edits = std::map<std::string, std::optional<std::string>, std::less<>>;

struct StoreLimits {
    std::size_t files = 100'000;
    std::size_t file_bytes = 1U << 20U;
    std::size_t total_bytes = 256U << 20U;
};

Error too_large_a_project(const std::string& what);

/// A YAML file: its text, and what it says or why that cannot be read.
class File {
public:
    explicit File(std::string text, const StoreLimits& limits)
        : content_(read(std::move(text), limits)) {}
    /// One that is there and could not be read: too large, or not for this user.
    static File unread(Error error);
    /// False for such a file: its text is empty, and it is never written.
    bool is_read() const { return document() != nullptr || broken().is_read; }
    /// One text for all copies of a file: its address tells files apart while there is a copy.
    const std::string& text() const {
        return document() != nullptr ? document()->text() : broken().text;
    }
    /// nullptr when it is no YAML.
    const yaml::Document* document() const { return std::get_if<yaml::Document>(&content_); }
    /// Only when there is no document.
    const Error& error() const { return broken().error; }

private:
    struct Broken {
        std::string text;
        Error error;
        bool is_read = true;
    };
    using Content = std::variant<yaml::Document, std::shared_ptr<const Broken>>;
    explicit File(Content content) : content_(std::move(content)) {}
    static Content read(std::string text, const StoreLimits& limits);
    const Broken& broken() const { return *std::get<std::shared_ptr<const Broken>>(content_); }

    Content content_;
};

/// A configuration repository: its YAML files as documents, the others known by name only and never
/// touched. Changes stay in memory until save().
class Store {
public:
    using Files = std::map<std::string, File, std::less<>>;

    /// Reads a working copy. Links are not followed and .git is left out. A file that cannot be
    /// read is kept as such. `limit_exceeded` for a folder beyond the limits, `not_found` when
    /// there is none, `io` when it cannot be read itself. A file that `is_other` says is one of
    /// the others, whatever its name.
    static Result<Store> load(const std::filesystem::path& folder, const StoreLimits& limits = {},
                              const std::function<bool(const std::string& path)>& is_other = {});
    /// From a commit's tree.
    static Result<Store> from(const git::Files& files, const StoreLimits& limits = {});
    Store(const Store& other);
    Store& operator=(const Store& other) { return *this = Store(other); }
    Store(Store&&) noexcept = default;
    Store& operator=(Store&&) noexcept = default;
    ~Store() = default;

    const Files& files() const { return files_; }
    const File* file(std::string_view path) const;
    /// Paths of everything else, in order.
    const std::set<std::string>& others() const { return others_; }
    /// What is neither, by path: folders that cannot be read, and YAML files whose names no safe
    /// path can be. The error's message is a sentence about it that does not name it.
    const std::map<std::string, Error>& unread() const { return unread_; }

    /// What the cloud reads, in the order in which its compiler does: the project's document,
    /// global resources by kind and name, then each application and its resources.
    const std::vector<Resource>& resources() const { return resources_; }
    /// The file of resources()[index].
    const File& file_of(std::size_t index) const { return *resource_files_[index]; }
    const Resource* find(KindId kind, std::string_view application, std::string_view name) const;
    /// Names of folders below applications/, whether or not they have a config.yaml.
    const std::vector<std::string>& applications() const { return applications_; }

    /// A new text for a file, which may be new and may be broken YAML. `invalid_argument` for a
    /// path that leaves the repository or does not end in .yaml, `limit_exceeded` beyond the
    /// limits.
    Result<void> put(const std::string& path, std::string text);
    void remove(std::string_view path);
    /// A file that is no YAML came or went.
    void note_other(const std::string& path, bool there);
    /// All of them or none. Gives the edits that take it back. `io` for a file that could not be
    /// read.
    Result<Edits> apply(const Edits& edits);

    /// What differs from what was loaded or last saved.
    Edits changes() const;
    bool is_changed(std::string_view path) const;
    /// There was no such file when it was loaded or last saved.
    bool is_new(std::string_view path) const;
    /// What those files were: the same paths.
    Edits before() const;
    /// Writes the changes into the folder; see write_changes.
    Result<void> save(const std::filesystem::path& folder);
    /// Somebody else wrote these texts: they are what was last saved.
    void saved(const Edits& written);
    /// Files that another program changed since they were loaded or saved.
    struct Rebase {
        std::vector<std::string> taken;  ///< unchanged here: now as there
        std::vector<std::string> edited; ///< changed here too: the text here stays
    };
    /// `there`: the same folder, read afresh. Edits made here survive.
    Rebase rebase(const Store& there);

private:
    explicit Store(const StoreLimits& limits) : limits_(limits) {}
    Result<void> add(std::string path, std::string text);
    void remember(const std::string& path);
    void drop_file(std::string_view path);
    void arrange();

    StoreLimits limits_;
    Files files_;
    std::set<std::string> others_;
    std::map<std::string, Error> unread_;
    std::vector<Resource> resources_;
    std::vector<const File*> resource_files_; ///< in files_, where they stay
    std::vector<std::string> applications_;
    std::size_t total_bytes_ = 0;
    /// What the changed files were; nullopt: not there.
    Edits before_;
};

/// Whether the cloud would look at it, or into it.
bool is_looked_at(std::string_view path);

/// Whether the changes can be written. `before` says what those files were: `conflict` when one is
/// neither that nor its new text; `untrusted` for a path that leads through a link.
Result<void> check_changes(const std::filesystem::path& folder, const Edits& changes,
                           const Edits& before, std::size_t limit = StoreLimits{}.file_bytes);
/// Checks them and writes the new texts, each whole or not at all. A file that only changes its
/// place stays as executable as it was.
Result<void> write_changes(const std::filesystem::path& folder, const Edits& changes,
                           const Edits& before, std::size_t limit = StoreLimits{}.file_bytes);

} // namespace tau::project
