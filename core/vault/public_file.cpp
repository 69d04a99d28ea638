#include "core/vault/public_file.h"

#include <algorithm>

namespace tau::vault {

namespace {

Error status_error(int status, std::string_view whose) {
    const std::string shown = std::to_string(status);
    if (status >= 300 && status < 400) {
        return {ErrorCode::unavailable,
                std::string(whose) + " answered with a redirect (status " + shown +
                    "), which is not followed.",
                "Put the address that it leads to into the network's file.",
                {}};
    }
    if (status == 404 || status == 410) {
        return {ErrorCode::not_found,
                std::string(whose) + " does not have this file (status " + shown + ").",
                "Try again later, and check the address in the network's file.",
                {}};
    }
    return {ErrorCode::unavailable,
            std::string(whose) + " answered with status " + shown + ".",
            "Try again later.",
            {}};
}

} // namespace

Result<HttpResponse> get_public(Http& http, const HttpRequest& request, std::string_view whose,
                                std::stop_token stop) {
    Result<HttpResponse> response = http.send(request, std::move(stop));
    if (!response) {
        Error error = response.error();
        if (error.code != ErrorCode::cancelled) {
            error.message = std::string(whose) + " cannot be read. " + error.message;
        }
        if (error.hint.empty()) {
            error.hint = "Try again later, and check the address in the network's file.";
        }
        return fail(std::move(error));
    }
    if (response->body.size() > request.max_response) { // whatever the port did about it
        return fail(ErrorCode::limit_exceeded,
                    std::string(whose) + " answered with more than " +
                        std::to_string(request.max_response) + " bytes.",
                    "Tell whoever runs it, or use another network file.");
    }
    const bool unchanged =
        response->status == 304 &&
        std::any_of(request.headers.begin(), request.headers.end(),
                    [](const HttpHeader& header) { return header.name == "If-None-Match"; });
    if (response->status != 200 && !unchanged) {
        return fail(status_error(response->status, whose));
    }
    return response;
}

} // namespace tau::vault
