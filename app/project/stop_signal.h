#pragma once

#include <stop_token>
#include <thread>

namespace tau::app {

/// Turns the first SIGINT, SIGTERM or SIGHUP into a request to stop; a second one ends the program.
class StopSignal {
public:
    StopSignal();
    ~StopSignal();
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;

    std::stop_token token() const { return source_.get_token(); }
    bool stopped() const { return source_.stop_requested(); }

private:
    std::stop_source source_;
    std::jthread watcher_;
};

} // namespace tau::app
