// What can be said about one file alone.
#pragma once

#include "core/project/problem.h"

namespace tau::project {

/// A name in a file that means another resource.
struct Use {
    KindId kind = KindId::domain; ///< of what is named
    std::string_view name;        ///< as written, "/shop" or "../shop" too, without the prefix
    std::string_view prefix;      ///< what stands before it, "libraries/" or "smartops:"
    std::string field;            ///< where, as a path: "trigger/domains/0"
    yaml::Position position;
};

/// The texts point into the document, which is kept.
struct FileFindings {
    std::optional<yaml::Document> document;
    /// In the order in which the compiler meets them, what it does not look at last.
    std::vector<Problem> problems;
    std::vector<Use> uses;
    // What other files are checked against; empty when it is not there or is not a text.
    std::string_view id;
    yaml::Position id_position;
    std::string_view channel; ///< of a function with a pubsub trigger
    yaml::Position channel_position;
    std::string_view match; ///< of a database, storage or messaging
    yaml::Position match_position;
    bool match_is_regex = false;
    bool is_bridged = false;   ///< of a messaging: other programs reach the channel by MQTT
    std::string_view protocol; ///< of a service, or of a function that peers call
    yaml::Position protocol_position;
    std::string_view fqdn;
    yaml::Position fqdn_position;
    bool is_inline = false; ///< source: .
};

/// Reads one file as its resource's kind says. A file that is no YAML, or could not be read, has
/// one problem and nothing else. Never fails.
FileFindings check_file(const Resource& resource, const File& file);

} // namespace tau::project
