// Hostile addresses of repositories, and what tau-git and its parent say to each other: the child
// repeats a git host's words.
#include "core/git/helper_protocol.h"
#include "core/git/url.h"
#include "tests/fuzz/decoder.h"

#include <sys/mman.h>
#include <unistd.h>

using namespace tau;
using namespace tau::git;

namespace {

Bytes good_request() {
    Remote remote;
    remote.url = "ssh://git@example.org/a/b.git";
    remote.host_keys = {"SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"};
    remote.credential = TokenCredential{"me", Secret::copy_of(std::string_view("token"))};
    const Secret bytes = encode_request({HelperOperation::push, "/x", {"a:b"}}, remote).value();
    return {bytes.bytes().begin(), bytes.bytes().end()};
}

void read_as_child(ByteView bytes) {
    const int fd = memfd_create("request", MFD_CLOEXEC);
    fuzz::require(fd >= 0 &&
                  ::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    ::lseek(fd, 0, SEEK_SET);
    static_cast<void>(read_request(fd));
    ::close(fd);
}

std::string print(const HelperMessage& message) {
    const auto* progress = std::get_if<Progress>(&message);
    return progress != nullptr ? encode_progress(*progress)
                               : encode_result(std::get<HelperResult>(message));
}

} // namespace

namespace tau::fuzz {

const std::vector<Decoder>& decoders() {
    const auto message = [](std::string_view line) { return decode_message(std::string(line)); };
    const auto text = [](const auto& value) { return value.to_string(); };
    static const std::vector<Decoder> all{
        round_trip("url", "ssh://git@example.org:2222/a/b.git", parse_url, text),
        round_trip("scp-form", "git@example.org:a/b.git", parse_url, text),
        round_trip("canonical", "ssh://git@Example.org:22/a/b.git", canonical_ssh_url,
                   [](const std::string& url) { return url; }),
        {"request", good_request(), &read_as_child},
        round_trip("progress", encode_progress({"sending", 1, 2, 3}), message, print),
        round_trip("refs",
                   encode_result(HelperAnswer{
                       {{"refs/heads/main", "0123456789012345678901234567890123456789"}},
                       {{FoundFile::State::found, "text"}, {FoundFile::State::no_file}},
                       {true, false}}),
                   message, print),
        round_trip("error",
                   encode_result(fail(ErrorCode::untrusted, "Another host.", "Ask.", "SHA256:x")),
                   message, print),
    };
    return all;
}

} // namespace tau::fuzz
