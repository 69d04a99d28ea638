#include "core/git/url.h"

#include "core/base/text.h"

#include <algorithm>
#include <charconv>

namespace tau::git {

namespace {

constexpr std::size_t longest = 1024;

tl::unexpected<Error> refuse(std::string_view why) {
    return fail(ErrorCode::invalid_argument,
                "This is not a repository address: " + std::string(why),
                "Use an address like ssh://git@github.com/owner/name.git.");
}

tl::unexpected<Error> refuse_long() {
    return refuse("it is longer than 1024 characters.");
}

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool only(std::string_view text, std::string_view marks) {
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return is_alphanumeric(c) || marks.find(c) != std::string_view::npos;
    });
}

/// Host name or IPv4 address: labels of 1 to 63 letters, digits and inner dashes.
bool is_host(std::string_view text) {
    if (text.empty() || text.size() > 253) {
        return false;
    }
    while (true) {
        const std::size_t dot = text.find('.');
        const std::string_view label = text.substr(0, dot);
        if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-' ||
            !only(label, "-")) {
            return false;
        }
        if (dot == std::string_view::npos) {
            return true;
        }
        text.remove_prefix(dot + 1);
    }
}

/// "[::1]": what is between the brackets goes to the resolver, which knows only numbers there.
bool is_ipv6(std::string_view text) {
    return text.size() > 4 && text.size() < 48 && text.front() == '[' && text.back() == ']' &&
           std::all_of(text.begin() + 1, text.end() - 1, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == ':' || c == '.';
           });
}

/// Segments that a shell, git or a file system could read as something else than a name are
/// refused, wherever the address comes from.
bool is_path(std::string_view path) {
    if (path.size() < 2 || path.front() != '/') {
        return false;
    }
    path.remove_prefix(1);
    while (true) {
        const std::size_t slash = path.find('/');
        const std::string_view segment = path.substr(0, slash);
        if (segment.empty() || segment.front() == '-' || segment == "." ||
            segment.find("..") != std::string_view::npos || !only(segment, "._-~+@")) {
            return false;
        }
        if (slash == std::string_view::npos) {
            return true;
        }
        path.remove_prefix(slash + 1);
    }
}

Result<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0 ||
        text.front() == '0') {
        return refuse("its port must be a number from 1 to 65535.");
    }
    return port;
}

/// "user@host:port" of an address with a scheme.
Result<void> parse_authority(std::string_view text, Url& url) {
    if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
        url.user = text.substr(0, at);
        text.remove_prefix(at + 1);
        if (url.user.find(':') != std::string::npos) {
            return refuse("it holds a password, and addresses are stored and shown in clear.");
        }
        if (url.user.empty()) {
            return refuse("the name before '@' is missing.");
        }
    }
    const std::size_t bracket = text.rfind(']');
    const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (colon != std::string_view::npos) {
        const auto port = parse_port(text.substr(colon + 1));
        if (!port) {
            return fail(port.error());
        }
        url.port = *port;
    }
    url.host = to_lower_ascii(text.substr(0, colon));
    return {};
}

/// "user@host:path", SSH's short form; always the default port.
Result<void> parse_short(std::string_view text, Url& url) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos ||
        text.substr(0, colon).find('/') != std::string_view::npos) {
        return refuse("it names no host.");
    }
    url.scheme = "ssh";
    url.path = text.substr(colon + 1);
    if (!url.path.starts_with('/')) {
        url.path.insert(0, "/");
    }
    return parse_authority(text.substr(0, colon), url);
}

} // namespace

std::string Url::to_string() const {
    return scheme + "://" + (user.empty() ? "" : user + "@") + host +
           (port == 0 ? "" : ":" + std::to_string(port)) + path;
}

Result<Url> parse_url(std::string_view text) {
    if (text.empty() || text.size() > longest) {
        return text.empty() ? refuse("it is empty.") : refuse_long();
    }
    Url url;
    Result<void> parsed;
    if (const std::size_t scheme_end = text.find("://"); scheme_end != std::string_view::npos) {
        url.scheme = to_lower_ascii(text.substr(0, scheme_end));
        if (url.scheme != "ssh" && url.scheme != "https") {
            return refuse("only ssh and https are safe enough.");
        }
        const std::string_view rest = text.substr(scheme_end + 3);
        const std::size_t slash = rest.find('/');
        if (slash == std::string_view::npos) {
            return refuse("it names no repository.");
        }
        url.path = rest.substr(slash);
        parsed = parse_authority(rest.substr(0, slash), url);
    } else {
        parsed = parse_short(text, url);
    }
    if (!parsed) {
        return fail(parsed.error());
    }
    if (url.path.size() > 1 && url.path.ends_with('/')) {
        url.path.pop_back();
    }
    if (url.user.empty() && url.scheme == "ssh") {
        url.user = "git";
    }
    if (url.port == (url.scheme == "ssh" ? 22 : 443)) {
        url.port = 0;
    }
    if (!only(url.user, "._-") || url.user.starts_with('-')) {
        return refuse("the name before '@' has characters that have no place there.");
    }
    if (!is_host(url.host) && !is_ipv6(url.host)) {
        return refuse("its host is not a host name.");
    }
    if (!is_path(url.path)) {
        return refuse("its path may hold letters, digits and . _ - ~ + @ only.");
    }
    if (url.to_string().size() > longest) { // the short form grows
        return refuse_long();
    }
    return url;
}

Result<std::string> canonical_ssh_url(std::string_view text) {
    auto url = parse_url(text);
    if (!url) {
        return fail(url.error());
    }
    if (url->scheme != "ssh" || url->user != "git") {
        return refuse("a vault reaches repositories over SSH as the user git only.");
    }
    if (!url->path.ends_with(".git")) {
        url->path += ".git";
    }
    // What it has become must be an address, too: "b." has become "b..git".
    return parse_url(url->to_string()).map([](const Url& canonical) {
        return canonical.to_string();
    });
}

} // namespace tau::git
