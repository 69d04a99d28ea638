#pragma once

// Included through session.h only.

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <memory>
#include <optional>

namespace tau::vaultd {

namespace beast = boost::beast;
namespace net = boost::asio;
using boost::system::error_code;
using net::ip::tcp;

/// A connection with or without TLS behind one type, so that sessions are compiled once. Deadlines
/// are the socket's: one set on lowest() is for everything above it.
class Stream {
public:
    using executor_type = beast::tcp_stream::executor_type;

    /// `tls`: null for none.
    Stream(tcp::socket&& socket, std::shared_ptr<net::ssl::context> tls)
        : tcp_(std::move(socket)), context_(std::move(tls)) {
        if (context_) {
            tls_.emplace(tcp_, *context_);
        }
    }
    executor_type get_executor() { return tcp_.get_executor(); }
    beast::tcp_stream& lowest() { return tcp_; }
    bool has_tls() const { return tls_.has_value(); }

    /// Calls done(error_code); at once when there is no TLS.
    template <typename Done>
    void handshake(Done done) {
        if (!tls_) {
            return done(error_code());
        }
        tls_->async_handshake(net::ssl::stream_base::server, std::move(done));
    }

    /// Tells the peer that nothing more comes, then calls done().
    template <typename Done>
    void say_end(Done done) {
        auto close = [this, done](error_code) mutable {
            error_code ignored;
            tcp_.socket().shutdown(tcp::socket::shutdown_send, ignored);
            done();
        };
        if (!tls_) {
            return close(error_code());
        }
        tls_->async_shutdown(close);
    }

    template <typename Buffers, typename Handler>
    void async_read_some(const Buffers& buffers, Handler&& handler) {
        if (tls_) {
            tls_->async_read_some(buffers, std::forward<Handler>(handler));
        } else {
            tcp_.async_read_some(buffers, std::forward<Handler>(handler));
        }
    }
    template <typename Buffers, typename Handler>
    void async_write_some(const Buffers& buffers, Handler&& handler) {
        if (tls_) {
            tls_->async_write_some(buffers, std::forward<Handler>(handler));
        } else {
            tcp_.async_write_some(buffers, std::forward<Handler>(handler));
        }
    }

private:
    beast::tcp_stream tcp_;
    std::shared_ptr<net::ssl::context> context_; ///< a reload must not take it away
    std::optional<beast::ssl_stream<beast::tcp_stream&>> tls_;
};

} // namespace tau::vaultd
