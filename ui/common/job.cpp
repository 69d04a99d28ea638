#include "ui/common/job.h"

#include <QMetaObject>

#include <condition_variable>
#include <set>
#include <thread>

namespace tau::ui {

/// What a Job and its thread share. `owner` is read and cleared under the mutex, so the thread
/// either posts to a living Job (Qt drops posted calls when the Job goes) or to none.
struct Job::Run : std::enable_shared_from_this<Run> {
    std::stop_source stop;
    std::mutex mutex;
    Job* owner = nullptr;

    void post(std::function<void()> call) {
        const std::lock_guard lock(mutex);
        if (owner == nullptr) {
            return;
        }
        QMetaObject::invokeMethod(
            owner,
            [job = owner, run = shared_from_this(), call = std::move(call)] {
                if (job->run_ == run) {
                    call();
                }
            },
            Qt::QueuedConnection);
    }
};

namespace {

/// Every thread that has not ended yet.
struct Threads {
    std::mutex mutex;
    std::condition_variable changed;
    std::multiset<std::shared_ptr<std::stop_source>> stops;
};
/// Never destroyed: the last thread may still be leaving it when the program ends.
Threads& threads() {
    static auto* const instance = new Threads;
    return *instance;
}

} // namespace

Job::Job(QObject* parent) : QObject(parent) {}

Job::~Job() {
    forget_run();
}

void Job::forget_run() {
    if (!run_) {
        return;
    }
    run_->stop.request_stop();
    {
        const std::lock_guard lock(run_->mutex);
        run_->owner = nullptr;
    }
    run_.reset();
}

void Job::start_any(AnyWork work, AnyDone done) {
    const bool was_running = running();
    forget_run();
    auto run = std::make_shared<Run>();
    run->owner = this;
    run_ = run;
    auto stop = std::make_shared<std::stop_source>(run->stop);
    {
        const std::lock_guard lock(threads().mutex);
        threads().stops.insert(stop);
    }
    std::thread([run, stop, work = std::move(work), done = std::move(done), this]() mutable {
        std::shared_ptr<void> value =
            work(run->stop.get_token(),
                 [&run](std::function<void()> call) { run->post(std::move(call)); });
        // What the work captured goes before the end is told: it may use what goes at the end.
        work = nullptr;
        // `this` is alive whenever the posted call runs.
        run->post([this, value = std::move(value), done = std::move(done)] {
            run_.reset();
            Q_EMIT running_changed(false);
            done(value);
        });
        run.reset();
        const std::lock_guard lock(threads().mutex);
        threads().stops.erase(threads().stops.find(stop));
        threads().changed.notify_all();
    }).detach();
    if (!was_running) {
        Q_EMIT running_changed(true);
    }
}

void Job::cancel() {
    if (run_) {
        run_->stop.request_stop();
    }
}

void Job::drop() {
    if (run_) {
        forget_run();
        Q_EMIT running_changed(false);
    }
}

void Job::wait_for_all() {
    std::unique_lock lock(threads().mutex);
    for (const auto& stop : threads().stops) {
        stop->request_stop();
    }
    threads().changed.wait(lock, [] { return threads().stops.empty(); });
}

} // namespace tau::ui
