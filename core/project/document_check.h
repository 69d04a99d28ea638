// What can be said about one file alone.
#pragma once

#include "core/project/problem.h"

namespace tau::project {

/// A name in a file that means another resource.
struct Use {
    KindId kind = KindId::domain; ///< of what is named
    std::string_view name;        ///< as written, "/shop" or "../shop" too, without the prefix
    std::string field;            ///< where, as a path: "trigger/domains/0"
    yaml::Position position;

    /// What stands before the name: "libraries/" or "smartops:".
    std::string_view prefix() const;
};

/// A text and where it stands; empty when it is not there or is no text.
struct Fact {
    std::string_view text;
    yaml::Position position;
};

/// What one file has that is worth knowing. There is one of them for each resource, so it is small.
struct FileFindings {
    explicit FileFindings(File file_) : file(std::move(file_)) {}

    /// What other files, or code, are checked against; a file has one of them at most.
    enum class Key : std::uint8_t {
        none,
        fqdn,    ///< of a domain
        match,   ///< of a database, storage or messaging
        channel, ///< of a function with a pubsub trigger
        protocol ///< of a service, or of a function that peers call
    };
    const Fact& fqdn() const { return key_as(Key::fqdn); }
    const Fact& match() const { return key_as(Key::match); }
    const Fact& channel() const { return key_as(Key::channel); }
    const Fact& protocol() const { return key_as(Key::protocol); }

    File file; ///< the texts point into it
    /// In the order in which the compiler meets them, what it does not look at last.
    std::vector<Problem> problems;
    std::vector<Use> uses;
    Fact id;
    Fact key;
    Key is = Key::none;
    bool match_is_regex = false;
    bool is_bridged = false; ///< of a messaging: other programs reach the channel by MQTT
    bool is_inline = false;  ///< source: .
    yaml::Position source;   ///< where it says so

private:
    const Fact& key_as(Key wanted) const;
};

/// Reads one file as its resource's kind says. A file that is no YAML, or could not be read, has
/// one problem and nothing else. Never fails.
FileFindings check_file(const Resource& resource, const File& file);

} // namespace tau::project
