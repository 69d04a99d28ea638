#include "core/git/helper_protocol.h"

#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace tau::git {

using nlohmann::json;

namespace {

constexpr std::size_t longest_request = 1U << 20U;
constexpr std::size_t length_size = 4;

/// The credential's kind, its user, and its secrets in order.
struct CredentialParts {
    std::string kind = "none", user;
    std::vector<const Secret*> secrets;
};

CredentialParts parts_of(const Credential& credential) {
    CredentialParts parts;
    if (const auto* key = std::get_if<KeyCredential>(&credential)) {
        parts = {"key", key->user, {&key->private_key}};
        if (key->passphrase) {
            parts.secrets.push_back(&*key->passphrase);
        }
    } else if (const auto* scalar = std::get_if<ScalarCredential>(&credential)) {
        parts = {"scalar", scalar->user, {&scalar->scalar}};
    } else if (const auto* token = std::get_if<TokenCredential>(&credential)) {
        parts = {"token", token->user, {&token->token}};
    }
    return parts;
}

Result<Credential> credential_of(const std::string& kind, const std::string& user,
                                 std::vector<Secret> secrets) {
    Credential credential;
    if (kind == "key" && (secrets.size() == 1 || secrets.size() == 2)) {
        KeyCredential key{user, std::move(secrets[0]), std::nullopt};
        if (secrets.size() == 2) {
            key.passphrase = std::move(secrets[1]);
        }
        credential = std::move(key);
    } else if (kind == "scalar" && secrets.size() == 1) {
        credential = ScalarCredential{user, std::move(secrets[0])};
    } else if (kind == "token" && secrets.size() == 1) {
        credential = TokenCredential{user, std::move(secrets[0])};
    } else if (kind != "none" || !secrets.empty()) {
        return fail(ErrorCode::corrupt, "The request to the git helper has no usable credential.");
    }
    return credential;
}

std::uint8_t* put(std::uint8_t* at, ByteView bytes) {
    for (std::size_t i = 0; i < length_size; ++i) {
        *at++ = static_cast<std::uint8_t>(bytes.size() >> (8 * i));
    }
    if (!bytes.empty()) {
        std::memcpy(at, bytes.data(), bytes.size());
    }
    return at + bytes.size();
}

/// Everything on the descriptor, kept in locked memory only.
Result<Secret> read_everything(int fd) {
    Secret buffer(longest_request);
    std::size_t used = 0;
    for (;;) {
        const ssize_t got = ::read(fd, buffer.data() + used, buffer.size() - used);
        if (got < 0 && errno != EINTR) {
            return fail(ErrorCode::io, "The git helper cannot read its request.");
        }
        if (got == 0) {
            return Secret::copy_of(ByteView(buffer.data(), used));
        }
        used += got > 0 ? static_cast<std::size_t>(got) : 0;
        if (used == buffer.size()) {
            return fail(ErrorCode::limit_exceeded, "The request to the git helper is too long.");
        }
    }
}

std::string to_line(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

ErrorCode code_of(std::string_view name) {
    for (int i = 0; i < static_cast<int>(ErrorCode::internal); ++i) {
        if (to_string(static_cast<ErrorCode>(i)) == name) {
            return static_cast<ErrorCode>(i);
        }
    }
    return ErrorCode::internal;
}

constexpr std::array operation_names{"list", "push", "fetch", "read", "has_commits"};
constexpr std::array state_names{"found", "no_branch", "no_file", "too_large"};

template <typename Enum, std::size_t N>
Enum named(const std::array<const char*, N>& names, const json& value) {
    const auto& text = value.get_ref<const std::string&>();
    const auto found = std::find(names.begin(), names.end(), text);
    if (found == names.end()) {
        throw json::other_error::create(501, "a name that is not known", &value);
    }
    return static_cast<Enum>(found - names.begin());
}

json to_json(const std::vector<WantedFile>& files) {
    json list = json::array();
    for (const WantedFile& file : files) {
        list.push_back({file.branch, file.path, file.limit});
    }
    return list;
}

json to_json(const std::vector<WantedCommit>& commits) {
    json list = json::array();
    for (const WantedCommit& one : commits) {
        list.push_back({one.commit, one.branch});
    }
    return list;
}

} // namespace

Result<Secret> encode_request(const HelperTask& task, const Remote& remote) {
    if (!is_utf8(task.repository.string()) || !is_utf8(remote.ca_file.string())) {
        return fail(ErrorCode::invalid_argument, "The name of a folder or file is not UTF-8.",
                    "Use another folder for the repository, and for its host's authorities.");
    }
    const CredentialParts parts = parts_of(remote.credential);
    const std::string header =
        json{
            {"operation", operation_names.at(static_cast<std::size_t>(task.operation))},
            {"repository", task.repository.string()},
            {"url", remote.url},
            {"address", remote.address},
            {"host_keys", remote.host_keys},
            {"ca_file", remote.ca_file.string()},
            {"credential", parts.kind},
            {"user", parts.user},
            {"deadline_ms", remote.deadline.count()},
            {"max_bytes", remote.max_bytes},
            {"max_objects", remote.max_objects},
            {"names", task.names},
            {"files", to_json(task.files)},
            {"commits", to_json(task.commits)},
        }
            .dump(-1, ' ', false, json::error_handler_t::replace);

    std::size_t size = length_size + header.size();
    for (const Secret* secret : parts.secrets) {
        size += length_size + secret->size();
    }
    if (size >= longest_request) {
        return fail(ErrorCode::limit_exceeded, "The request to the git helper is too long.");
    }
    Secret request(size);
    std::uint8_t* at = put(request.data(), as_bytes(header));
    for (const Secret* secret : parts.secrets) {
        at = put(at, secret->bytes());
    }
    return request;
}

Result<HelperRequest> read_request(int fd) {
    const auto bytes = read_everything(fd);
    if (!bytes) {
        return fail(bytes.error());
    }
    ByteReader reader(bytes->bytes());
    const ByteView header = reader.raw(reader.u32());
    std::vector<Secret> secrets;
    while (reader.ok() && !reader.at_end()) {
        secrets.push_back(Secret::copy_of(reader.raw(reader.u32())));
    }
    if (!reader.ok()) {
        return fail(ErrorCode::corrupt, "The request to the git helper is cut short.");
    }
    try {
        const json value = json::parse(as_text(header));
        HelperRequest request;
        request.task.operation = named<HelperOperation>(operation_names, value.at("operation"));
        request.task.repository = value.at("repository").get<std::string>();
        request.remote.url = value.at("url").get<std::string>();
        request.remote.host_keys = value.at("host_keys").get<std::vector<std::string>>();
        request.remote.ca_file = value.at("ca_file").get<std::string>();
        request.remote.deadline =
            std::chrono::milliseconds(value.at("deadline_ms").get<std::int64_t>());
        request.remote.max_bytes = value.at("max_bytes").get<std::uint64_t>();
        request.remote.max_objects = value.at("max_objects").get<std::uint64_t>();
        request.remote.address = value.at("address").get<std::string>();
        request.task.names = value.at("names").get<std::vector<std::string>>();
        for (const json& one : value.at("commits")) {
            request.task.commits.push_back(
                {one.at(0).get<std::string>(), one.at(1).get<std::string>()});
        }
        for (const json& file : value.at("files")) {
            request.task.files.push_back({file.at(0).get<std::string>(),
                                          file.at(1).get<std::string>(),
                                          file.at(2).get<std::size_t>()});
        }
        auto credential = credential_of(value.at("credential").get<std::string>(),
                                        value.at("user").get<std::string>(), std::move(secrets));
        if (!credential) {
            return fail(credential.error());
        }
        request.remote.credential = std::move(*credential);
        return request;
    } catch (const json::exception&) {
        return fail(ErrorCode::corrupt, "The request to the git helper is not understood.");
    }
}

std::string encode_progress(const Progress& progress) {
    return to_line({{"phase", progress.phase},
                    {"done", progress.done},
                    {"total", progress.total},
                    {"bytes", progress.bytes}});
}

std::string encode_result(const HelperResult& result) {
    if (!result) {
        const Error& error = result.error();
        return to_line({{"error", to_string(error.code)},
                        {"message", error.message},
                        {"hint", error.hint},
                        {"detail", error.detail}});
    }
    json refs = json::array();
    for (const RemoteRef& ref : result->refs) {
        refs.push_back({ref.name, ref.commit});
    }
    json files = json::array();
    for (const FoundFile& file : result->files) {
        files.push_back({state_names.at(static_cast<std::size_t>(file.state)),
                         to_base64(as_bytes(file.content))});
    }
    return to_line({{"refs", std::move(refs)},
                    {"files", std::move(files)},
                    {"has_commits", result->has_commits}});
}

Result<HelperMessage> decode_message(const std::string& line) {
    try {
        const json value = json::parse(line);
        if (value.contains("phase")) {
            return Progress{
                value.at("phase").get<std::string>(), value.at("done").get<std::uint64_t>(),
                value.at("total").get<std::uint64_t>(), value.at("bytes").get<std::uint64_t>()};
        }
        if (value.contains("error")) {
            return HelperMessage(HelperResult(fail(code_of(value.at("error").get<std::string>()),
                                                   value.at("message").get<std::string>(),
                                                   value.at("hint").get<std::string>(),
                                                   value.at("detail").get<std::string>())));
        }
        HelperAnswer answer;
        for (const json& ref : value.at("refs")) {
            answer.refs.push_back({ref.at(0).get<std::string>(), ref.at(1).get<std::string>()});
        }
        for (const json& file : value.at("files")) {
            const auto content = from_base64(file.at(1).get<std::string>());
            if (!content) {
                return fail(content.error());
            }
            answer.files.push_back(
                {named<FoundFile::State>(state_names, file.at(0)), std::string(as_text(*content))});
        }
        answer.has_commits = value.at("has_commits").get<std::vector<bool>>();
        return HelperMessage(HelperResult(std::move(answer)));
    } catch (const json::exception&) {
        return fail(ErrorCode::corrupt, "The git helper said something that is not understood.");
    }
}

} // namespace tau::git
