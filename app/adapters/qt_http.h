// app/adapters: what core/ports.h asks for, answered by Qt.
// qt_http.h         Http on QNetworkAccessManager, in a thread of its own
// keychain_store.h  SecretStore in the desktop's keychain
// workplace.h       where the programs keep their data, and opening a network's git host
// (Target tau_adapters: used by tau-console and tau-project.)
#pragma once

#include "core/ports.h"

#include <memory>

namespace tau::app {

/// Http over QNetworkAccessManager. The caller blocks; it needs no event loop, only that a
/// QCoreApplication exists. Deadlines are absolute, redirects are answers, nothing is decompressed,
/// no cookie, cache or stored credential is used. Plain http reaches loopback only. An answer cut
/// short is an error, but for a chunked one, whose end Qt does not tell: parse what comes strictly.
class QtHttp final : public Http {
public:
    /// `user_agent`: "tau-console/0.1".
    explicit QtHttp(std::string user_agent);
    ~QtHttp() override;
    Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override;

private:
    class Worker;
    std::unique_ptr<Worker> worker_;
};

} // namespace tau::app
